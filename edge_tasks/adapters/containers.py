"""A container as ``docker inspect`` describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


@dataclass(frozen=True)
class Container:
    """A container of a Compose project.

    Attributes:
        service: the Compose service it was made for.
        state: ``running``, ``exited``, ``restarting``, ``created``, …
        folder: the project directory from which Compose made it.
        started: seconds since 1970; 0.0 when it was never started.
        why: why it does not run, in the engine's words; empty when it runs.
        image: the id of the image it was made of.
        config_hash: Compose's digest of the service as it was when the container was made.
        health: ``healthy``, ``starting``, ``unhealthy``; empty without a health check.
        host_ports: ports of the host that lead to it.
    """

    id: str
    name: str
    service: str
    folder: str
    state: str
    started: float
    why: str
    image: str
    config_hash: str
    health: str
    host_ports: frozenset[int]

    @property
    def is_running(self) -> bool:
        """It runs now."""
        return self.state == "running"

    def fits(self, hashes: Collection[str] | None, image: str | None) -> bool:
        """It runs, made of one of these configurations and this image; None where that is not known."""
        same = hashes is None or self.config_hash in hashes
        return self.is_running and same and image in (None, self.image)


def container_of(entry: Mapping[str, Any]) -> Container | None:
    """Of a Compose service; None for one that was made by ``docker compose run``."""
    labels, state = entry["Config"].get("Labels") or {}, entry["State"]
    if labels.get("com.docker.compose.oneoff") == "True":
        return None
    return Container(
        id=entry["Id"],
        name=entry["Name"].lstrip("/"),
        service=labels.get("com.docker.compose.service", ""),
        folder=labels.get("com.docker.compose.project.working_dir", ""),
        state=state["Status"],
        started=seconds_of(state["StartedAt"]),
        why="" if state["Status"] == "running" else _why(state),
        image=entry["Image"],
        config_hash=labels.get("com.docker.compose.config-hash", ""),
        health=(state.get("Health") or {}).get("Status", ""),
        host_ports=frozenset(host_ports_of(entry)),
    )


def host_ports_of(entry: Mapping[str, Any]) -> Iterator[int]:
    """Ports of the host that lead to it."""
    published: Mapping[str, Any] = entry.get("NetworkSettings", {}).get("Ports") or {}
    for bindings in published.values():
        yield from (int(binding["HostPort"]) for binding in bindings or ())


def _why(state: Mapping[str, Any]) -> str:
    if state.get("OOMKilled"):
        return "its container ran out of memory"
    error = f": {state['Error']}" if state.get("Error") else ""
    return f"its container is {state['Status']} (exit code {state['ExitCode']}){error}"


def seconds_of(moment: str) -> float:
    """``2026-11-24T03:44:11.123456789Z`` as seconds since 1970; 0.0 for the engine's year 1."""
    whole, _, fraction = moment.rstrip("Z").partition(".")
    if whole.startswith("0001"):
        return 0.0
    seconds = datetime.strptime(whole[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
    return seconds + float(f"0.{re.sub(r'[^0-9].*', '', fraction) or 0}")
