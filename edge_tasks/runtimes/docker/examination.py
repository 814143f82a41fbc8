"""The facts of a platform and its machine, gathered for the doctor."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import machine, ports
from edge_tasks.adapters.files import text_of
from edge_tasks.checkout import edge_findings, findings, machine_findings
from edge_tasks.checkout.backend_findings import check_config_place, check_metadata
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.inheritance import JAVA, find_config_target, foreign_heap
from edge_tasks.checkout.metadata import FILE, find_metadata
from edge_tasks.checkout.release_findings import check_release
from edge_tasks.errors import FileRefused
from edge_tasks.fleet.identity import index_of_service
from edge_tasks.fleet.saved import State, platform_in
from edge_tasks.registry.file.registry import entries_in
from edge_tasks.runtimes.docker import edge_files, hosting, wanted_ports
from edge_tasks.runtimes.docker.influxdb_volume import check_volumes
from edge_tasks.runtimes.docker.metadata_file import can_be_read, place_of
from edge_tasks.runtimes.docker.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Collection

    from edge_tasks.runtimes.docker.stack import Stack

_ALL_ADDRESSES: Final = "0.0.0.0"  # noqa: S104 - where Docker publishes ports: it is asked, not opened


def examine(stack: Stack) -> tuple[Finding, ...]:
    """Everything that is not as it should be."""
    of_release = check_release(stack.survey, stack.place, stack.context.fleet.size)
    if any(finding.is_error for finding in of_release):  # the rest may be as it must be for another release
        return tuple(of_release)
    if found := _metadata(stack):
        return tuple(found)
    odoo = findings.check_odoo(stack.project, stack.services, stack.place) if stack.services.odoo else ()
    return (
        *findings.check_backend_config(stack.wiring, stack.project, stack.services, str(stack.backend_config)),
        *odoo,
        *_backend_config_place(stack),
        *_devices(stack),
        *of_release,
        *Storage(stack).examine(),
        *check_volumes(stack),
        *edge_findings.check_networks(stack.project, stack.services, stack.place),
        *_edge(stack),
        *_addons(stack),
        *_override(stack),
        *_machine(stack),
    )


def _metadata(stack: Stack) -> list[Finding]:
    """What the others rest on: which services there must be."""
    found = find_metadata(stack.backend_files.texts)
    return check_metadata(found, str(stack.backend_config))


def _devices(stack: Stack) -> list[Finding]:
    """A file of ``Metadata.File`` of which OpenEMS would read nothing; one in an image can wait for that."""
    metadata = stack.backend_files.metadata
    if metadata.pid != FILE or not can_be_read(stack):
        return []
    try:
        entries_in(place_of(stack))
    except FileRefused as error:
        where = f"{stack.backend_config / metadata.file}:{metadata.line}"
        return [Finding(error.message, where, error.hint, fault=PlatformFault.METADATA_UNREADABLE)]
    return []


def _backend_config_place(stack: Stack) -> list[Finding]:
    files = stack.backend_files
    return check_config_place(stack.services.backend, files.inside, files.looked_for, stack.place)


def _machine(stack: Stack) -> list[Finding]:
    containers = stack.containers()
    running = [container for container in containers if container.is_running]
    edges = sum(index_of_service(container.service) is not None for container in running)
    root = stack.docker.root()
    found = machine_findings.check_disk(machine.free_disk(Path(root)), root)
    if not stack.options.force:
        found += machine_findings.check_memory(
            max(0, stack.context.fleet.full - edges),
            stack.options.edge_heap,
            machine.available_memory(),
            platform_runs=any(container.service == stack.services.backend for container in running),
        )
    ours = {port for container in containers for port in container.host_ports}  # also of paused ones
    found += wanted_ports.check_metrics_port(stack)
    wanted = {port: whose for port, whose in wanted_ports.wanted_ports(stack).items() if port not in ours}
    taken = ports.taken(wanted, _ALL_ADDRESSES)
    publishers = stack.docker.publishers() if taken else {}
    owners = {port: f"container {publishers[port]}" if port in publishers else taken[port] for port in taken}
    return found + machine_findings.check_ports(
        owners, wanted, stack.context.fleet.port_offset, _fleets_on(stack, owners)
    )


def _fleets_on(stack: Stack, taken: Collection[int]) -> dict[int, str]:
    """Which of the ports another fleet of ours has: port → its platform."""
    if not taken:
        return {}
    folders = {port: Path(folder) for port, folder in stack.docker.project_folders().items()}
    found = {port: folders.get(port) or platform_in(ports.command_of_owner(port)) for port in taken}
    own = stack.context.platform.path
    return {
        port: str(platform)
        for port, platform in found.items()
        if platform not in (None, own) and State(platform).folder.is_dir()
    }


def _edge(stack: Stack) -> list[Finding]:
    service, fleet = stack.services.edge, stack.context.fleet
    inherited = hosting.inheritance(stack)
    java = foreign_heap(inherited.environment.get(JAVA, ""))
    mode = str(stack.project.services[service].get("network_mode") or "")
    others = {
        port + fleet.port_offset: name
        for port, name in stack.project.host_ports().items()
        if name != service and index_of_service(name) is None
    }
    home = f"{stack.context.platform.path}/"
    left_out = [mount.replace(home, "./", 1) for mount in inherited.left_out]
    return [
        *edge_findings.check_config_target(service, is_known=_knows_config_target(stack), place=stack.place),
        *findings.check_edge(left_out, java, mode, partial(stack.place, service)),
        *findings.check_edge_ports(fleet.edges_with_directory, others, stack.place),
    ]


def _knows_config_target(stack: Stack) -> bool:
    """An image that is still to be built will say it."""
    service = stack.project.services[stack.services.edge]
    will_be_built = "build" in service and not stack.edge_image.id
    template = str(stack.context.platform.template_folder)
    return will_be_built or find_config_target(service, stack.edge_image, template) is not None


def _addons(stack: Stack) -> list[Finding]:
    odoo = stack.services.odoo
    for volume in (stack.project.services[odoo].get("volumes") or ()) if odoo else ():
        if volume.get("type") == "bind" and str(volume.get("target")).rstrip("/").endswith("addons"):
            folder = Path(str(volume["source"]))
            present = [place.parent.name for place in folder.glob("*/__manifest__.py")]
            return findings.check_addons(str(folder), present)
    return []


def _override(stack: Stack) -> list[Finding]:
    path = stack.context.override
    return edge_files.check_foreign_edges(stack) or edge_findings.check_override(text_of(path), path)
