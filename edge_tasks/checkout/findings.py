"""What is wrong with a machine or a platform before anything is started: facts → findings."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.backend_config import METADATA, REST, REST_TEXT
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.inheritance import JAVA
from edge_tasks.checkout.roles import ODOO_PORT, POSTGRES_PORT
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import PurePosixPath

    from edge_tasks.checkout.backend_config import BackendConfig
    from edge_tasks.checkout.project import Project
    from edge_tasks.checkout.roles import Services
    from edge_tasks.fleet.identity import Edge

ADDONS: Final = ("openems", "web_m2x_options", "partner_firstname")
"""The addon and its two OCA dependencies (on PyPI: odoo-addon-web-m2x-options, odoo-addon-partner-firstname)."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        what: what is wrong.
        where: file and line, or the thing that it is about.
        change: what to change or type.
        fault: which of the known faults it is.
        is_error: nothing can work until it is changed; otherwise it is only mentioned.
        kind: ``wiring`` (files of the platform), ``machine`` (memory, disk, ports), ``option`` (typed or saved).
        fixes: right values of properties of ``Metadata/Odoo.config``; ``--fix`` writes them into a copy.
        files: files that ``--fix`` adds to that copy, by relative path.
    """

    what: str
    where: str
    change: str
    _: KW_ONLY
    fault: PlatformFault
    is_error: bool = True
    kind: str = "wiring"
    fixes: tuple[tuple[str, str | int], ...] = ()
    files: tuple[tuple[PurePosixPath, str], ...] = ()

    def __str__(self) -> str:
        """The finding as a line for people."""
        return f"{self.where}: {self.what} → {self.change}"


def check_backend_config(
    config: BackendConfig, project: Project, services: Services, folder: str
) -> list[Finding]:
    """Compare the files of ``config.d`` (called ``folder``) with the Compose services they lead to."""
    found = _check_odoo_config(config, project, services, f"{folder}/{METADATA}") if services.odoo else []
    return [*found, *([_without_rest(folder)] if config.rest_port is None else [])]


def _check_odoo_config(config: BackendConfig, project: Project, services: Services, file: str) -> list[Finding]:
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
        change = "set one; Odoo's admin user gets it"
        fault = PlatformFault.BACKEND_WITHOUT_PASSWORD
        findings.append(Finding("odooPassword is missing", where, change, fault=fault))
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
            fault=PlatformFault.ODOO_WIRING,
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
    found = [
        Finding(
            f"{mount} is writable",
            place("volumes"),
            inside,
            fault=PlatformFault.EDGE_MOUNT_WRITABLE,
            is_error=False,
        )
        for mount in left_out
    ]
    if options:
        what = f"{' '.join(options)} is only for the platform's own edge"
        change = "each edge gets --edge-heap instead"
        where = place("environment", JAVA)
        found.append(Finding(what, where, change, fault=PlatformFault.EDGE_HEAP, is_error=False))
    if networks == "host":
        change = "remove it: several edges cannot use the same host ports"
        where = place("network_mode")
        found.append(Finding("network_mode is host", where, change, fault=PlatformFault.EDGE_HOST_NETWORK))
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
            fault=PlatformFault.PORT_TWICE,
        )
        for port, service in sorted(host_ports.items())
        if port in wanted
    ]


def check_addons(folder: str, present: Sequence[str]) -> list[Finding]:
    """Check that the folder that is mounted for addons has Odoo's one, and those that it depends on."""
    missing = [name for name in ADDONS if name not in present]
    hint = "put them there: the addon from OpenEMS' odoo-openems, the others from OCA (PyPI: odoo-addon-…)"
    what = f"no addon {', '.join(missing)}"
    return [Finding(what, folder, hint, fault=PlatformFault.ADDON_MISSING)] if missing else []


def corrections(findings: Sequence[Finding]) -> dict[str, str | int]:
    """The properties that ``--fix`` writes into our copy of ``Metadata/Odoo.config``."""
    return dict(fix for finding in findings for fix in finding.fixes)


def additions(findings: Sequence[Finding]) -> dict[PurePosixPath, str]:
    """The files that ``--fix`` adds to our copy of the backend's configuration."""
    return dict(file for finding in findings for file in finding.files)


def _without_rest(folder: str) -> Finding:
    configuration = f'Backend2Backend.Rest configuration with port=I"{DEFAULT.backend_ports.rest}"'
    return Finding(
        "the backend has no B2B REST API: verify asks another source, which has no values",
        f"{folder}/{REST.parent}",
        f"add a {configuration}; inv doctor --fix up does it",
        fault=PlatformFault.BACKEND_WITHOUT_REST,
        is_error=False,
        files=((REST, REST_TEXT),),
    )


def _wrong(config: BackendConfig, file: str, name: str, right: str | int, whose: str) -> Finding:
    secret = name.endswith("Password")
    what = f"{name} is not {whose}" if secret else f"{name} is {config.values[name]!r}, not {whose} ({right})"
    change = f"make it {'the same' if secret else repr(right)}, or inv doctor --fix (it changes our copy)"
    where = _where(config, file, name)
    return Finding(what, where, change, fault=PlatformFault.BACKEND_WIRING, fixes=((name, right),))


def _where(config: BackendConfig, file: str, name: str) -> str:
    return f"{file}:{config.lines[name]}" if name in config.lines else file
