"""Where a checkout keeps the configuration of one of its services, as far as it lies on this machine."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.project import volumes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edge_tasks.checkout.project import Service

OFFICIAL_CONFIG_TARGET: Final = "/var/opt/openems/config"
"""Where OpenEMS' own images look. Only a script inside them says so."""


def places_of(service: Service, usual: Path) -> Iterator[Path]:
    """The folders that may be a service's ``config.d``: mounted, copied into its image, or the usual one.

    Args:
        service: as resolved.
        usual: where its kind of checkout has it.
    """
    yield from (Path(volume["source"]) for volume in volumes_of(service) if volume.get("type") == "bind")
    context = str((service.get("build") or {}).get("context") or "")
    if context:
        yield Path(context) / "config.d"
    yield usual


def find_place(
    places: Iterable[Path], readable: Callable[[Path], Path], files: Iterable[PurePosixPath]
) -> Path | None:
    """The first of the folders that has one of the files; None if none has.

    Args:
        places: folders.
        readable: where a folder can be read now.
        files: by their path below the folder.
    """
    wanted = tuple(files)
    return next((one for one in places if any((readable(one) / file).is_file() for file in wanted)), None)


def volume_at(service: Service, target: str) -> tuple[str, PurePosixPath]:
    """The named volume in which a service has a folder, and where in it; an empty name if it has it in none.

    Args:
        service: as resolved.
        target: the folder, as the service's containers see it.
    """
    wanted = PurePosixPath(target)
    mounts = [(PurePosixPath(str(one.get("target"))), one) for one in volumes_of(service)]
    around = [(place, one) for place, one in mounts if wanted.is_relative_to(place)]
    place, mount = max(around, key=lambda found: len(found[0].parts), default=(wanted, None))
    is_named = mount is not None and mount.get("type") == "volume"
    return (str(mount.get("source") or "") if mount and is_named else "", wanted.relative_to(place))
