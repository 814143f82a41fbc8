"""A container as ``docker inspect`` describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
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
        pid: of its first process, on the engine's machine; 0 when it does not run.
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
    pid: int = 0

    @property
    def is_running(self) -> bool:
        """It runs now."""
        return self.state == "running"

    def is_connected(self, port: int) -> bool | None:
        """It has an established connection to a port, as the kernel lists it; None where nobody can tell.

        It costs milliseconds (the kernel goes through all connections of the machine); to ask the backend costs
        0.3 s of CPU, since it has Odoo check a password each time. The engine's machine may be another one: a pid
        counts when it is this container's.
        """
        process = Path("/proc") / str(self.pid)
        try:
            if self.id not in (process / "cgroup").read_text():
                return None
            tables = (_rows(process / "net" / name) for name in ("tcp6", "tcp"))
            rows = (row.split() for table in tables for row in table)
            return any(row[2].endswith(f":{port:04X}") and row[3] == "01" for row in rows)
        except OSError:
            return None

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
        pid=int(state.get("Pid") or 0),
    )


def _rows(table: Path) -> list[str]:
    return table.read_text().splitlines()[1:] if table.exists() else []


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
