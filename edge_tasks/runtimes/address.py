"""Where people and programs go on with a fleet that is up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Address:
    """One of them, without a secret.

    Attributes:
        of: whose: ``backend``, ``database``, ``metrics``, ``logins``, or a service of the platform.
        where: a URL, or the path of a file.
        what: what is there, in a few words; empty if ``of`` says it.
        remark: what people are told behind the last one.
    """

    of: str
    where: str
    what: str = ""
    remark: str = ""

    @property
    def entry(self) -> dict[str, str]:
        """For the JSON document."""
        return {"of": self.of, "address": self.where, "what": self.what}


def lines_of(addresses: Iterable[Address]) -> Iterator[tuple[str, str]]:
    """For people: whose, and all addresses that follow each other and are of the same, in a line."""
    for of, group in groupby(addresses, lambda one: one.of):
        same = list(group)
        named = (f"{one.where} ({one.what})" if one.what else one.where for one in same)
        yield of, ", ".join(named) + "".join(f"; {one.remark}" for one in same if one.remark)
