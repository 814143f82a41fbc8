"""What is wrong with a machine or a platform before anything is started: facts → findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.backend_config import METADATA, REST, REST_TEXT
from edge_tasks.checkout.inheritance import JAVA
from edge_tasks.checkout.roles import ODOO_PORT, POSTGRES_PORT
from edge_tasks.openems.release import DEFAULT
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import PurePosixPath

    from edge_tasks.checkout.backend_config import BackendConfig
    from edge_tasks.checkout.project import Project
    from edge_tasks.checkout.roles import Services
    from edge_tasks.fleet.identity import Edge

ADDONS: Final = ("openems", "web_m2x_options", "partner_firstname")
"""The addon and its two OCA dependencies (on PyPI: odoo-addon-web-m2x-options, odoo-addon-partner-firstname)."""

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


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        what: what is wrong.
        where: file and line, or the thing that it is about.
        change: what to change or type.
        is_error: nothing can work until it is changed; otherwise it is only mentioned.
        kind: ``wiring`` (files of the platform), ``machine`` (memory, disk, ports).
        fixes: right values of properties of ``Metadata/Odoo.config``; ``--fix`` writes them into a copy.
        files: files that ``--fix`` adds to that copy, by relative path.
    """

    what: str
    where: str
    change: str
    is_error: bool = True
    kind: str = "wiring"
    fixes: tuple[tuple[str, str | int], ...] = ()
    files: tuple[tuple[PurePosixPath, str], ...] = ()

    def __str__(self) -> str:
        """The finding as a line for people."""
        return f"{self.where}: {self.what} → {self.change}"


def check_backend_config(config: BackendConfig, project: Project, services: Services, file: str) -> list[Finding]:
    """Compare ``Metadata/Odoo.config`` (called ``file``) with the Compose services it leads to."""
    environment = project.environment(services.database)
    user = environment.get("POSTGRES_USER", "postgres")
    wanted: dict[str, tuple[str | int, str]] = {
        "pgHost": (services.database, "the database's service"),
        "pgPort": (POSTGRES_PORT, "the port inside the network"),
        "odooHost": (services.odoo, "Odoo's service"),
        "odooPort": (ODOO_PORT, "the port inside the network"),
        "pgUser": (user, f"{services.database}'s POSTGRES_USER"),
        "pgPassword": (environment.get("POSTGRES_PASSWORD", ""), f"{services.database}'s POSTGRES_PASSWORD"),
    }
    findings = [
        _wrong(config, file, name, right, whose)
        for name, (right, whose) in wanted.items()
        if config.values[name] != right and (name != "pgPassword" or right)
    ]
    if config.values["database"] in ("", "postgres", "template0", "template1"):
        findings.append(_wrong(config, file, "database", "openems", "a database of Odoo's own"))
    if not config.values["odooPassword"]:
        where = _where(config, file, "odooPassword")
        findings.append(Finding("odooPassword is missing", where, "set one; Odoo's admin user gets it"))
    if config.rest_port is None:
        findings.append(_without_rest(file))
    return findings


def check_odoo(project: Project, services: Services, place: Callable[..., str]) -> list[Finding]:
    """Compare Odoo's environment with the database's; ``place`` gives file and line of a service's entry."""
    database, odoo = project.environment(services.database), project.environment(services.odoo)
    pairs = (
        ("HOST", services.database),
        ("USER", database.get("POSTGRES_USER")),
        ("PASSWORD", database.get("POSTGRES_PASSWORD")),
    )
    return [
        Finding(
            f"{name} is not {services.database}'s",
            place(services.odoo, "environment", name),
            f"make it {right}" if name != "PASSWORD" else f"make it {services.database}'s POSTGRES_PASSWORD",
        )
        for name, right in pairs
        if right and name in odoo and odoo[name] != right
    ]


def check_edge(
    left_out: Sequence[str], options: Sequence[str], networks: str, place: Callable[..., str]
) -> list[Finding]:
    """Name what the edges do not take over from the platform's own edge service.

    Args:
        left_out: mounts.
        options: of the JVM.
        networks: its ``network_mode``; empty without.
        place: file and line of an entry of that service.
    """
    inside = "the edges do not share it; each has its own in its container"
    found = [Finding(f"{mount} is writable", place("volumes"), inside, is_error=False) for mount in left_out]
    if options:
        what, change = (
            f"{' '.join(options)} is only for the platform's own edge",
            "each edge gets --edge-heap instead",
        )
        found.append(Finding(what, place("environment", JAVA), change, is_error=False))
    if networks == "host":
        change = "remove it: several edges cannot use the same host ports"
        found.append(Finding("network_mode is host", place("network_mode"), change))
    return found


def check_edge_ports(
    edges: Sequence[Edge], host_ports: Mapping[int, str], place: Callable[..., str]
) -> list[Finding]:
    """Find host ports that both an edge and another service want; ``host_ports`` are those after the offset."""
    wanted = {port: edge for edge in edges if edge.ports for port in (edge.ports.console, edge.ports.websocket)}
    return [
        Finding(
            f"host port {port} is {service}'s and {wanted[port].name}'s at the same time",
            place(service, "ports"),
            f"publish {service} on another port",
        )
        for port, service in sorted(host_ports.items())
        if port in wanted
    ]


def check_addons(folder: str, present: Sequence[str]) -> list[Finding]:
    """Check that the folder that is mounted for addons has Odoo's one, and those that it depends on."""
    missing = [name for name in ADDONS if name not in present]
    hint = "put them there: the addon from OpenEMS' odoo-openems, the others from OCA (PyPI: odoo-addon-…)"
    return [Finding(f"no addon {', '.join(missing)}", folder, hint)] if missing else []


def check_memory(edges: int, heap: str, available: int, *, platform_runs: bool) -> list[Finding]:
    """Check that so many more edges fit into the memory that is free (bytes)."""
    each = (_size(heap) // _MIB + _EDGE_OVERHEAD_MIB) * _MIB
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
            kind="machine",
        )
    ]


def check_disk(free: int, folder: str) -> list[Finding]:
    """Check that there is room for images and containers (bytes)."""
    if free >= _LEAST_DISK_MIB * _MIB:
        return []
    return [
        Finding(
            f"{free // _MIB} MiB are free",
            folder,
            "free some disk space; docker system df shows what Docker uses",
            kind="machine",
        )
    ]


def check_room(directories: int, free: int, folder: str, *, with_database: bool) -> list[Finding]:
    """Check that there is room for so many new config directories, and for a new database (bytes)."""
    needed = directories * _DIRECTORY + (_DATABASE_MIB * _MIB if with_database else 0)
    if free >= needed:
        return []
    return [
        Finding(
            f"{free // _MIB} MiB are free, {-(-needed // _MIB)} MiB are needed",
            folder,
            "free some disk space, or take fewer --edges: light edges need none (--light-edges)",
            kind="machine",
        )
    ]


def check_ports(taken: Mapping[int, str], wanted: Mapping[int, str], offset: int = 0) -> list[Finding]:
    """Name host ports that are taken, and their owners; ``offset`` is what all ports are moved by now."""
    return [
        Finding(
            f"taken by {owner}, wanted for {wanted[port]}",
            f"port {port}",
            f"stop that process, or move all ports: --port-offset {offset + 1000}",
            kind="machine",
        )
        for port, owner in sorted(taken.items())
    ]


def check_open_files(edges: int, most: int) -> list[Finding]:
    """Check that the backend, which is one process, may hold a connection of every edge."""
    wanted = edges + _OTHER_FILES
    if wanted <= most:
        return []
    return [
        Finding(
            f"{edges} edges need a backend with {wanted} open files, but {most} are allowed",
            "open files",
            f"sudo prlimit --pid $$ --nofile={wanted}:{wanted}, then run this again in the same shell",
            kind="machine",
        )
    ]


def corrections(findings: Sequence[Finding]) -> dict[str, str | int]:
    """The properties that ``--fix`` writes into our copy of ``Metadata/Odoo.config``."""
    return dict(fix for finding in findings for fix in finding.fixes)


def additions(findings: Sequence[Finding]) -> dict[PurePosixPath, str]:
    """The files that ``--fix`` adds to our copy of the backend's configuration."""
    return dict(file for finding in findings for file in finding.files)


def _without_rest(file: str) -> Finding:
    configuration = f'Backend2Backend.Rest configuration with port=I"{DEFAULT.backend_ports.rest}"'
    return Finding(
        "the backend has no B2B REST API: verify asks PostgreSQL, which can be 30 s late and has no values",
        file.replace(str(METADATA), str(REST.parent)),
        f"add a {configuration}; inv doctor --fix up does it",
        is_error=False,
        files=((REST, REST_TEXT),),
    )


def _wrong(config: BackendConfig, file: str, name: str, right: str | int, whose: str) -> Finding:
    secret = name.endswith("Password")
    what = f"{name} is not {whose}" if secret else f"{name} is {config.values[name]!r}, not {whose} ({right})"
    change = f"make it {'the same' if secret else right!r}, or inv doctor --fix (it changes our copy)"
    return Finding(what, _where(config, file, name), change, fixes=((name, right),))


def _where(config: BackendConfig, file: str, name: str) -> str:
    return f"{file}:{config.lines[name]}" if name in config.lines else file


def _size(text: str) -> int:
    return int(text[:-1]) * (2**30 if text.endswith("g") else _MIB)
