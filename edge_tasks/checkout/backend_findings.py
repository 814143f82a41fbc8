"""What is wrong with the container that a platform's backend is to get: facts → findings. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from edge_tasks.checkout.backend_config import metadata_problem
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.metadata import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.checkout.metadata import Metadata


def check_metadata(found: Sequence[Metadata], folder: str) -> list[Finding]:
    """Refuse a backend that has more than one component which knows its devices, or a file without devices.

    Args:
        found: these components.
        folder: the backend's ``config.d``.
    """
    if len(found) > 1:
        what, change = metadata_problem(found, folder)
        return [Finding(f"it {what}", f"{folder}/Metadata", change, fault=PlatformFault.METADATA_TWICE)]
    where = [one for one in found if one.pid == FILE and not one.devices]
    change = 'add path="…/metadata.json", the file that the backend\'s container has'
    what = "no path: the backend has no file with its devices"
    return [
        Finding(what, f"{folder}/{one.file}", change, fault=PlatformFault.METADATA_WITHOUT_FILE) for one in where
    ]


def check_config_place(
    backend: str, lies_in: str | None, looks_in: str | None, place: Callable[..., str]
) -> list[Finding]:
    """Compare where the backend's container has its configuration with where it looks for it.

    Without a configuration a backend starts, and opens none of its ports.

    Args:
        backend: the service.
        lies_in: the folder inside, mounted or copied there; None if that is not known.
        looks_in: the folder that its command names; None if that is not known. One that depends on where
            it is started, or on a variable, is not judged.
        place: file and line of an entry of a service.
    """
    if lies_in is None or looks_in is None or not looks_in.startswith("/") or "$" in looks_in:
        return []
    if PurePosixPath(lies_in) == PurePosixPath(looks_in):
        return []
    what = f"{backend} has its configuration in {lies_in}, but its image looks in {looks_in}"
    change = f"mount it at {looks_in}; if another platform has an image of the same name, give this one its own"
    return [Finding(what, place(backend, "volumes"), change, fault=PlatformFault.BACKEND_CONFIG_PLACE)]
