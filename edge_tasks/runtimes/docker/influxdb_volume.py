"""Where an InfluxDB of the platform has its data: whether it can use them, and whether they outlive a purge."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.project import volumes_of
from edge_tasks.checkout.timedata_findings import service_of, version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edge_tasks.checkout.project import Service, Volume
    from edge_tasks.checkout.timedata_config import Provider
    from edge_tasks.runtimes.docker.stack import Stack

_DATA: Final = "/var/lib/influxdb"
_DATA_OF_SECOND: Final = "/var/lib/influxdb2"
_FOLDERS: Final[Mapping[tuple[int, ...], tuple[str, ...]]] = {(1,): (_DATA,), (2,): (_DATA_OF_SECOND,)}
"""The folders with data, by the first number of the version."""
_OF_SECOND: Final = "influxd.bolt"
"""InfluxDB 2 keeps users and buckets in it."""


def data_folders(service: Service) -> tuple[str, ...]:
    """Where the InfluxDB of a service has its data in its container; both folders if its version is unknown."""
    return _FOLDERS.get(version_of(service)[:1], (_DATA, _DATA_OF_SECOND))


def is_mounted(service: Service, folders: Iterable[str]) -> bool:
    """Whether the data of an InfluxDB lie in one of these folders of its container, which are mounts."""
    mounts = [PurePosixPath(folder) for folder in folders]
    return any(PurePosixPath(data).is_relative_to(one) for data in data_folders(service) for one in mounts)


def is_kept(stack: Stack, provider: Provider) -> bool:
    """Whether the data outlive a purge. Those in no mount are gone with the container."""
    service = service_of(provider, stack.project)
    if service is None:
        return True
    found = stack.project.services[service]
    return any(_outlives(stack, volume, data_folders(found)) for volume in volumes_of(found))


def _outlives(stack: Stack, volume: Volume, places: Iterable[str]) -> bool:
    """Whether a mount has such data that a purge leaves: it removes volumes and folders that our run has made."""
    target, source = PurePosixPath(volume.get("target", "")), volume.get("source", "")
    found = [data for data in places if PurePosixPath(data).is_relative_to(target)]
    if not found or volume.get("type") not in ("bind", "volume"):
        return False
    entries = stack.context.state.record.entries()
    if not entries.get("odoo_init"):
        return bool(source)
    if volume.get("type") == "volume":
        return source in stack.project.external_volumes
    folders = {str(PurePosixPath(source) / PurePosixPath(data).relative_to(target)) for data in found}
    return folders.isdisjoint(entries.get("folders", {}))


def check_volumes(stack: Stack) -> list[Finding]:
    """Refuse such a volume. It is looked into only while no InfluxDB 1 is running with it."""
    return [
        Finding(
            f"the volume {name} has data of InfluxDB 2, which {stack.project.image(service)} cannot use",
            stack.place(service, "image"),
            _change(stack, name),
            fault=PlatformFault.HISTORY_VOLUME,
        )
        for service, name in _candidates(stack)
        if _is_of_second(stack, name)
    ]


def _candidates(stack: Stack) -> Iterator[tuple[str, str]]:
    """Each service with an InfluxDB 1 that does not run, and the volume with its data if that is there."""
    for name, service in stack.project.services.items():
        if version_of(service)[:1] != (1,) or _runs(stack, name):
            continue
        for volume in volumes_of(service):
            if volume.get("type") == "volume" and volume.get("target", "").rstrip("/") == _DATA:
                full = stack.project.volume(str(volume.get("source")))
                if stack.docker.has_volume(full):
                    yield name, full


def _runs(stack: Stack, service: str) -> bool:
    container, image = stack.container(service), stack.project.image(service)
    ids = stack.docker.images((image,)).values()
    return container is not None and container.is_running and container.image in ids


def _is_of_second(stack: Stack, volume: str) -> bool:
    """Look through a container of an image that has a shell; false as long as it is not here."""
    image = stack.tool_image
    if not stack.docker.images((image,)):
        return False
    how = ("run", "--rm", "--network", "none", "-v", f"{volume}:/data:ro", "--entrypoint", "ls")
    return _OF_SECOND in stack.docker.ask(*how, image, "/data").split()


def _change(stack: Stack, volume: str) -> str:
    if stack.context.platform.bundled:
        return f"inv down, then docker volume rm {volume} (an earlier version made it, and stored nothing in it)"
    return f"keep InfluxDB 2, or move its data away: inv down, then docker volume rm {volume}"
