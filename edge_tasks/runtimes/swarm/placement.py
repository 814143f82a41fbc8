"""Whether a node may have tasks with placement constraints, as a Swarm decides it. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONSTRAINT: Final = re.compile(r"\s*([^=!\s]+)\s*(==|!=)\s*(.*?)\s*")
_OF_LABELS: Final = re.compile(r"(?i)(node|engine)\.labels\.(.+)")


def fits(constraints: Iterable[str], facts: Mapping[str, str]) -> bool:
    """Whether a node with these facts (:attr:`.DescribedNode.facts`) has what all constraints want."""
    return all(_has(constraint, facts) for constraint in constraints)


def _has(constraint: str, facts: Mapping[str, str]) -> bool:
    """A Swarm compares values without their case, and gives a task with an unknown constraint to no node."""
    found = _CONSTRAINT.fullmatch(constraint)
    if found is None:
        return False
    name, relation, value = found.groups()
    key = _key(name)
    if key not in facts and not _OF_LABELS.fullmatch(name):
        return False
    actual = facts.get(key, "")
    same = _is_within(actual, value) if key == "node.ip" else actual.casefold() == value.casefold()
    return same is not None and same is (relation == "==")


def _key(name: str) -> str:
    """Only the name of a label has a case."""
    label = _OF_LABELS.fullmatch(name)
    return f"{label[1].lower()}.labels.{label[2]}" if label else name.lower()


def _is_within(address: str, network: str) -> bool | None:
    """None if it is no network."""
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return None
