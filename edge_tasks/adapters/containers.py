"""Containers and images as ``docker inspect`` describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


_ESTABLISHED: Final = "01"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Image:
    """What an image says of itself; all empty while it is not here.

    Attributes:
        user: as whom it runs; empty or ``root`` for root.
        words: of its entrypoint and command.
        entrypoint: those of the entrypoint alone.
        environment: name → value.
        directory: in which its command is run; empty for the root.
        id: its digest.
        volumes: the folders that it wants a volume for.
        labels: name → value.
    """

    user: str = ""
    words: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    directory: str = ""
    id: str = ""
    volumes: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()


@dataclass(frozen=True)
class Container:
    """A container of a Compose project.

    Attributes:
        service: the Compose service it was made for.
        state: ``running``, ``exited``, ``restarting``, ``created``, …
        folder: the project directory from which Compose made it.
        started: seconds since 1970; 0.0 when it was never started.
        why: why it does not run, in the engine's words, or that nobody can reach it; empty when all is well.
        image: the id of the image it was made of.
        config_hash: Compose's digest of the service as it was when the container was made.
        health: ``healthy``, ``starting``, ``unhealthy``; empty without a health check.
        host_ports: ports of the host that lead to it.
        pid: of its first process, on the engine's machine; 0 when it does not run.
        addresses: in the networks that it is in.
        gateways: of these networks; those of a bridge are addresses of the engine's machine.
        mounts: the folders in it that are folders of the host, or volumes with a name.
        volumes: unnamed volumes that its image asks for; they may stay behind when the container is removed.
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
    addresses: frozenset[str] = frozenset()
    gateways: frozenset[str] = frozenset()
    mounts: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()

    @property
    def is_running(self) -> bool:
        """It is running."""
        return self.state == "running"

    def peers(self, port: int) -> frozenset[str] | None:
        """The addresses that are connected to its port, as the kernel lists them; None if unknown.

        That costs 7 ms of CPU, as the kernel goes through all connections of the machine; to ask a backend costs
        300 ms, as it has Odoo check a password each time. The engine's machine may be another one: a pid counts
        when it is this container's.
        """
        process = Path("/proc") / str(self.pid)
        try:
            if self.id not in (process / "cgroup").read_text(encoding="utf-8"):
                return None
            rows = [row.split() for name in ("tcp6", "tcp") for row in _rows(process / "net" / name)]
        except OSError:
            return None
        ours = (row for row in rows if row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED)
        return frozenset(_address(row[2].partition(":")[0]) for row in ours)

    def fits(self, hashes: Collection[str] | None, image: str | None) -> bool:
        """It can be reached, and was made from one of these configurations and this image; None if unknown."""
        same = hashes is None or self.config_hash in hashes
        return self.is_running and not self.why and same and image in (None, self.image)


def container_of(entry: Mapping[str, Any]) -> Container | None:
    """A Compose service's container from ``docker inspect``; None if ``docker compose run`` or a Swarm made it.

    A task of a Swarm has the labels of its image, which are those of Compose's service if Compose built that.
    """
    labels, state = entry["Config"].get("Labels") or {}, entry["State"]
    if labels.get("com.docker.compose.oneoff") == "True" or "com.docker.swarm.task.id" in labels:
        return None
    return Container(
        id=entry["Id"],
        name=entry["Name"].lstrip("/"),
        service=labels.get("com.docker.compose.service", ""),
        folder=labels.get("com.docker.compose.project.working_dir", ""),
        state=state["Status"],
        started=seconds_of(state["StartedAt"]),
        why=_unreachable(entry) if state["Status"] == "running" else _why(state),
        image=entry["Image"],
        config_hash=labels.get("com.docker.compose.config-hash", ""),
        health=(state.get("Health") or {}).get("Status", ""),
        host_ports=frozenset(host_ports_of(entry)),
        pid=int(state.get("Pid") or 0),
        addresses=frozenset(_of_networks(entry, "IPAddress", "GlobalIPv6Address")),
        gateways=frozenset(_of_networks(entry, "Gateway", "IPv6Gateway")),
        mounts=frozenset(_mounts(entry)),
        volumes=frozenset(_anonymous_volumes(entry)),
    )


def _rows(table: Path) -> list[str]:
    return table.read_text(encoding="utf-8").splitlines()[1:] if table.exists() else []


def _address(digits: str) -> str:
    """``0100007F``: words of four bytes, each in the machine's order. Of an IPv4 address in IPv6 that one."""
    words = (bytes.fromhex(digits[start : start + 8])[::-1] for start in range(0, len(digits), 8))
    found = ip_address(b"".join(words))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _of_networks(entry: Mapping[str, Any], *members: str) -> Iterator[str]:
    for network in (entry.get("NetworkSettings", {}).get("Networks") or {}).values():
        yield from filter(None, (network.get(member) for member in members))


def _mounts(entry: Mapping[str, Any]) -> Iterator[str]:
    anonymous = set(_anonymous_volumes(entry))
    for mount in entry.get("Mounts") or ():
        if mount.get("Type") in ("volume", "bind") and mount.get("Name") not in anonymous:
            yield str(mount.get("Destination"))


def host_ports_of(entry: Mapping[str, Any]) -> Iterator[int]:
    """Ports of the host that lead to it."""
    published: Mapping[str, Any] = entry.get("NetworkSettings", {}).get("Ports") or {}
    for bindings in published.values():
        yield from (int(binding["HostPort"]) for binding in bindings or ())


def _anonymous_volumes(entry: Mapping[str, Any]) -> Iterator[str]:
    """Known by their names, as engines before 23 do not label them."""
    for mount in entry.get("Mounts") or ():
        name = str(mount.get("Name") or "")
        if mount.get("Type") == "volume" and _DIGEST.fullmatch(name):
            yield name


def _unreachable(entry: Mapping[str, Any]) -> str:
    """Somebody disconnected it; one that shares another container's network has none of its own."""
    shares = str(entry.get("HostConfig", {}).get("NetworkMode", "")).startswith(("container:", "none"))
    is_alone = entry.get("NetworkSettings", {}).get("Networks") == {}
    return "its container is in no network" if is_alone and not shares else ""


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
