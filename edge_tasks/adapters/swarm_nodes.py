"""The nodes of a Swarm with what placement constraints ask of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edge_tasks.adapters.inspecting import inspected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.adapters.docker import Docker


@dataclass(frozen=True)
class DescribedNode:
    """A machine of the Swarm, as its manager knows it.

    Attributes:
        id: no other node has ever had it.
        name: its host's.
        takes_tasks: it is ready, and nobody has drained or paused it.
        is_own: its engine is the one that was asked.
        facts: what a constraint may name → what it is here, like ``node.role`` and ``node.labels.zone``.
    """

    id: str
    name: str
    takes_tasks: bool
    is_own: bool
    facts: Mapping[str, str] = field(default_factory=dict)


def described_nodes(docker: Docker) -> tuple[DescribedNode, ...]:
    """All nodes."""
    found = inspected(docker, "node", lambda: docker.ask("node", "ls", "--quiet").split())
    own = docker.ask("info", "--format", "{{.Swarm.NodeID}}").strip()
    return tuple(_described(one, is_own=one["ID"] == own) for one in found)


def _described(found: Mapping[str, Any], *, is_own: bool) -> DescribedNode:
    takes_tasks = found["Status"]["State"] == "ready" and found["Spec"]["Availability"] == "active"
    name = str(found["Description"].get("Hostname", ""))
    return DescribedNode(found["ID"], name, takes_tasks, is_own, _facts(found))


def _facts(found: Mapping[str, Any]) -> dict[str, str]:
    description, spec = found["Description"], found["Spec"]
    platform, engine = description.get("Platform") or {}, description.get("Engine") or {}
    return {
        "node.id": found["ID"],
        "node.hostname": description.get("Hostname", ""),
        "node.role": spec["Role"],
        "node.ip": found["Status"].get("Addr", ""),
        "node.platform.os": platform.get("OS", ""),
        "node.platform.arch": platform.get("Architecture", ""),
        **{f"node.labels.{name}": value for name, value in (spec.get("Labels") or {}).items()},
        **{f"engine.labels.{name}": value for name, value in (engine.get("Labels") or {}).items()},
    }
