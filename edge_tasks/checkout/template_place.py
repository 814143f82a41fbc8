"""Where the template of the edges is: in the checkout, or with us where the checkout has none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import read_tree
from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import find_compose_files
from edge_tasks.checkout.project import Project, volumes_of
from edge_tasks.checkout.roles import EDGE_SERVICE, find_edge, plays_openems
from edge_tasks.errors import SettingsError
from edge_tasks.openems import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge_tasks.checkout.project import Service


@dataclass(frozen=True)
class TemplatePlace:
    """A folder with a template.

    Attributes:
        folder: with the ``.config`` files.
        why: why it is this one, for people.
        is_ours: it is the one that we bring, since the checkout has none.
    """

    folder: Path
    why: str
    is_ours: bool = False


def find_template(usual: Path, platform: Path, ours: Path) -> TemplatePlace | None:
    """The usual folder, else what the checkout's own edge has mounted, else ours; None if there is no OpenEMS.

    The edge of the official images has a scheduler and an API only. Its files are a template only if they have a
    Backend controller.

    Args:
        usual: where a ``docker-openems`` checkout has it.
        platform: the checkout's folder.
        ours: the template that we bring.
    """
    if usual.is_dir():
        return TemplatePlace(usual, "the checkout's own")
    services = _services(platform)
    for folder in _mounted(services):
        if _has_backend(folder):
            return TemplatePlace(folder, "what the checkout's own edge has mounted")
    if not plays_openems(Project("", services)):
        return None
    why = "the template of edge-tasks, as the checkout has none with a Backend controller"
    return TemplatePlace(ours, why, is_ours=True)


def _services(platform: Path) -> Mapping[str, Service]:
    with suppress(SettingsError):
        return read_services(find_compose_files(platform), platform)
    return {}


def _mounted(services: Mapping[str, Service]) -> Iterator[Path]:
    edge = find_edge(services, EDGE_SERVICE)
    for volume in volumes_of(services[edge]) if edge else ():
        folder = Path(str(volume.get("source")))
        if volume.get("type") == "bind" and folder.is_dir():
            yield folder


def _has_backend(folder: Path) -> bool:
    try:
        texts = read_tree(folder, ".config")
    except SettingsError:
        return False
    files = ((path, text.encode()) for path, text in texts.items())
    return configuration.configuration(files).backend() is not None
