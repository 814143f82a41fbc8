"""What is wrong with a machine before anything is started on it: facts → findings."""

from __future__ import annotations

import shlex
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

METRICS_PORT: Final = 9464
"""The port that OpenTelemetry's exporter for Prometheus has unless it is told another; our how-to types it."""
_MIB: Final = 2**20
_EDGE_OVERHEAD_MIB: Final = 70
"""What a real edge takes beyond its heap. With a heap of at most 128 MiB it took 154 to 190 MiB in all."""

_PLATFORM_MIB: Final = 1200
"""What Odoo, PostgreSQL and the backend take together."""

_LEAST_DISK_MIB: Final = 1024
_DATABASE_MIB: Final = 60
"""What a new PostgreSQL with the device table takes: 42 MiB were measured."""

_DIRECTORY: Final = 280 * 1024
"""What an edge's config directory takes: 276 KiB were measured, a block for each file and directory."""

_OTHER_FILES: Final = 100
"""What a backend opens besides a socket for each edge: log, database, its own ports, libraries."""


def memory_of_edge(heap: str) -> int:
    """The bytes that an edge takes with such a Java heap."""
    return (size_of(heap) // _MIB + _EDGE_OVERHEAD_MIB) * _MIB


def check_memory(edges: int, heap: str, available: int, *, platform_runs: bool) -> list[Finding]:
    """Check that so many more edges fit into the memory that is free (bytes)."""
    each = memory_of_edge(heap)
    free = available - (0 if platform_runs else _PLATFORM_MIB * _MIB)
    fit = max(0, free // each)
    if edges <= fit:
        return []
    return [
        Finding(
            f"{counted(edges, 'more edge')} would take {edges * each // _MIB} MiB,"
            f" {max(0, free) // _MIB} MiB are free",
            "memory",
            f"add at most {counted(fit, 'edge')}, choose a smaller --edge-heap, or type --force",
            fault=PlatformFault.MEMORY,
            kind="machine",
        )
    ]


def check_disk(free: int, folder: str) -> list[Finding]:
    """Check that there is room for images and containers (bytes)."""
    if free >= _LEAST_DISK_MIB * _MIB:
        return []
    missing = _LEAST_DISK_MIB - free // _MIB
    return [
        Finding(
            f"{free // _MIB} MiB are free",
            folder,
            f"docker system prune frees what no container uses (docker system df shows how much); free {missing}"
            " MiB, or give Docker a data-root on a larger disk",
            fault=PlatformFault.DISK,
            kind="machine",
        )
    ]


def check_room(directories: int, free: int, folder: str, *, with_database: bool) -> list[Finding]:
    """Check that there is room for so many new config directories, and for a new database (bytes)."""
    of_database = _DATABASE_MIB * _MIB if with_database else 0
    needed = directories * _DIRECTORY + of_database
    if free >= needed:
        return []
    fit = (free - of_database) // _DIRECTORY
    fewer = f"add at most {counted(fit, 'edge')}, " if fit > 0 else ""
    elsewhere = f"inv down, mv {shlex.quote(folder)} FOLDER on a larger disk, and from then on --platform FOLDER"
    return [
        Finding(
            f"{free // _MIB} MiB are free, {-(-needed // _MIB)} MiB are needed",
            folder,
            f"free {-(-(needed - free) // _MIB)} MiB, {fewer}or {elsewhere}",
            fault=PlatformFault.DISK,
            kind="machine",
        )
    ]


def check_ports(
    taken: Mapping[int, str],
    wanted: Mapping[int, str],
    offset: int = 0,
    platforms: Mapping[int, str] = MappingProxyType({}),
) -> list[Finding]:
    """Name host ports that are taken, and their owners.

    Args:
        taken: port → its owner.
        wanted: port → what for.
        offset: what all ports are moved by now.
        platforms: those of the ports that a fleet of ours has → its platform.
    """
    of_fleets = [
        Finding(
            f"the fleet in {platform} has {counted(sum(one == platform for one in platforms.values()), 'port')}"
            " that this one needs",
            f"port {', '.join(str(port) for port, one in sorted(platforms.items()) if one == platform)}",
            f"inv down --platform {shlex.quote(platform)}, or move all ports: --port-offset {offset + 1000}",
            fault=PlatformFault.PORT_OF_FLEET,
            kind="machine",
        )
        for platform in sorted(set(platforms.values()))
    ]
    return of_fleets + [
        Finding(
            f"taken by {owner}, wanted for {wanted[port]}",
            f"port {port}",
            f"stop that process, or move all ports: --port-offset {offset + 1000}",
            fault=PlatformFault.PORT_TAKEN,
            kind="machine",
        )
        for port, owner in sorted(taken.items())
        if port not in platforms
    ]


def check_metrics_port(port: int, own: Mapping[int, str], offset: int = 0) -> list[Finding]:
    """Refuse a port for metrics that the fleet itself needs for something else.

    Args:
        port: as it is moved; 0 for no metrics.
        own: the other ports of the fleet → what for.
        offset: what all ports are moved by.
    """
    if port not in own:
        return []
    free = next(other for other in count(METRICS_PORT) if other + offset not in own)
    return [
        Finding(
            f"port {port} is wanted for metrics of the edges and for {own[port]} at the same time",
            "--metrics-port",
            f"choose another: --metrics-port {free}",
            fault=PlatformFault.PORT_TWICE,
            kind="option",
        )
    ]


def check_open_files(edges: int, most: int) -> list[Finding]:
    """Check that the backend, which is one process, may hold a connection of every edge."""
    wanted = edges + _OTHER_FILES
    if wanted <= most:
        return []
    fit = most - _OTHER_FILES
    fewer = f"take at most {counted(fit, 'edge')}, or " if fit > 0 else ""
    return [
        Finding(
            f"{edges} edges need a backend with {wanted} open files, but {most} are allowed",
            "open files",
            f"{fewer}sudo prlimit --pid $$ --nofile={wanted}:{wanted}, then run this again in the same shell",
            fault=PlatformFault.OPEN_FILES,
            kind="machine",
        )
    ]


def size_of(text: str) -> int:
    """The bytes of ``128m`` or ``1g``."""
    return int(text[:-1]) * (2**30 if text.endswith("g") else _MIB)
