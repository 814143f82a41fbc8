"""The configuration of a backend of OpenEMS' own image, completed so that edges can connect to it. Pure.

Such an image has its configuration in a volume, which it fills with a default when the volume is empty. That
default has no REST API, and from 2026.2 on its two programs do not find each other (8093 against 8083, and
localhost). So the containers get a copy of ours in place of the volume, which stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.backend_config import REST, REST_FOLDER, REST_TEXT, with_values
from edge_tasks.checkout.metadata import FILE, find_metadata
from edge_tasks.openems import felix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from edge_tasks.openems.release import Release

DEVICES: Final = "/var/opt/openems/metadata.json"
"""Where ``Metadata.File`` of the image looks for its devices."""

MANAGER: Final = felix.path_of("Edge.Manager")
APP: Final = felix.path_of("Backend.Edge.App")


def completed(files: Mapping[PurePosixPath, str], release: Release) -> dict[PurePosixPath, str]:
    """The files of the program that knows the devices, with what is missing.

    Args:
        files: what its volume has, by path below ``config.d``; none if nothing is known of it.
        release: of OpenEMS.
    """
    ports = release.backend_ports
    socket = _named("Edge.Websocket", port=ports.edges)
    if ports.manager is not None:
        socket = _named("Edge.Manager", port=ports.manager)
    found = {**socket, **files}
    if not find_metadata(files):
        found |= _named(FILE, path=DEVICES)
    if not files:
        found |= _named("Ui.Websocket", port=ports.ui) | _named("Timedata.Dummy", id="timedata0")
    if not any(path.is_relative_to(REST_FOLDER) for path in found):
        found[REST] = REST_TEXT
    return found


def completed_backend_edge(
    files: Mapping[PurePosixPath, str], release: Release, uri: str
) -> dict[PurePosixPath, str]:
    """The files of the program that edges connect to, which dials the other one at ``uri``."""
    default = _named("Backend.Edge.App", id="edges0", port=release.backend_ports.edges)
    found = {**default, **files}
    return {**found, APP: with_values(found[APP], {"uri": uri})}


def _named(pid: str, **values: str | int) -> dict[PurePosixPath, str]:
    """A file that configures a singleton."""
    return {felix.path_of(pid): with_values("", {**values, "service.pid": pid})}
