"""What a platform's backend is told in its ``config.d``: of PostgreSQL, of Odoo, and of its own ports. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.metadata import KNOWN, ODOO, Metadata, find_metadata
from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix
from edge_tasks.openems.release import DEFAULT, Release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METADATA: Final = PurePosixPath("Metadata/Odoo.config")
FILES: Final = tuple(felix.path_of(pid) for pid in KNOWN)
"""The files of which a backend has exactly one: by it, it knows its devices."""

_NO_METADATA: Final = "copy it from your OpenEMS; --runtime embedded needs none"
_WEBSOCKET: Final = PurePosixPath("Edge/Websocket.config")
_UI: Final = PurePosixPath("Ui/Websocket.config")
REST_FOLDER: Final = PurePosixPath("Backend2Backend/Rest")
REST: Final = REST_FOLDER / "edgeTasks.config"
REST_TEXT: Final = f"""\
:org.apache.felix.configadmin.revision:=L"1"
port=I"{DEFAULT.backend_ports.rest}"
service.factoryPid="Backend2Backend.Rest"
service.pid="Backend2Backend.Rest.edgeTasks"
"""
"""For a backend without a REST API. Felix accepts any last segment if file name and PID agree."""


@dataclass(frozen=True)
class BackendConfig:
    """What the backend's configuration says.

    Attributes:
        metadata: what knows its devices.
        values: of ``Metadata.Odoo``, defaults filled in, by property (``pgHost``, ``odooUid``, …).
        lines: where each that was given stands, counted from 1.
        edge_port: where edges connect (``Edge.Websocket``).
        rest_port: of the B2B REST API; None when it is not configured.
        ui_port: where UIs connect (``Ui.Websocket``).
    """

    metadata: Metadata
    values: Mapping[str, str | int] = field(repr=False)
    lines: Mapping[str, int]
    edge_port: int
    rest_port: int | None
    ui_port: int

    @property
    def hosts(self) -> dict[str, str]:
        """Role → the host name at which the backend reaches it; none without Odoo."""
        if not self.metadata.needs_odoo:
            return {}
        return {"database": str(self.values["pgHost"]), "odoo": str(self.values["odooHost"])}


def read_backend_config(
    files: Mapping[PurePosixPath, str], folder: str, release: Release = DEFAULT
) -> BackendConfig:
    """Read the files of a backend's ``config.d``.

    Args:
        files: their texts, by path below the folder.
        folder: its name, for messages.
        release: whose defaults hold.

    Raises:
        SettingsError: nothing, or more than one component, knows the devices; or a file does not parse; with
            file and line.
    """
    documents = {path: parsed(text, f"{folder}/{path}") for path, text in files.items()}
    metadata = the_metadata(files, folder)
    given = documents.get(METADATA) if metadata.needs_odoo else None
    rest = next((found for path, found in documents.items() if path.is_relative_to(REST_FOLDER)), None)
    ports = release.backend_ports
    return BackendConfig(
        metadata=metadata,
        values={**release.metadata_odoo, **(_known(given, release) if given else {})},
        lines={found.name: found.line for found in given.properties} if given else {},
        edge_port=_port(documents.get(_WEBSOCKET), ports.edges),
        rest_port=None if rest is None else _port(rest, ports.rest),
        ui_port=_port(documents.get(_UI), ports.ui),
    )


def the_metadata(files: Mapping[PurePosixPath, str], folder: str) -> Metadata:
    """What knows a backend's devices.

    Args:
        files: texts of its ``config.d``, by path below the folder.
        folder: its name, for messages.

    Raises:
        SettingsError: there is nothing, or more than one component.
    """
    found = find_metadata(files)
    if not found and METADATA in files:  # it lacks its PID, as some people write it
        return Metadata(ODOO, METADATA, 1)
    if len(found) == 1:
        return found[0]
    what, hint = metadata_problem(found, folder)
    raise SettingsError(f"{folder} {what}", hint=hint)


def metadata_problem(found: Sequence[Metadata], folder: str) -> tuple[str, str]:
    """What is wrong with a folder that does not have exactly one, and what to do."""
    if not found:
        return f"has none of {', '.join(map(str, FILES))}, so the backend knows no device", _NO_METADATA
    both = " and ".join(str(one.file) for one in found)
    others = " ".join(f"{folder}/{one.file}" for one in found[1:])
    return f"has {both}, and the backend takes either of them", f"rm {others}, or the other one"


def with_values(text: str, values: Mapping[str, str | int]) -> str:
    """``Metadata/Odoo.config`` with other values; whatever else it says stays as it is."""
    document = felix.parse(text)
    changes = [(found.start, found.end, found.name) for found in document.properties if found.name in values]
    for start, end, name in sorted(changes, reverse=True):
        text = text[:start] + _raw(values[name]) + text[end:]
    missing = [name for name in values if document.find(name) is None]
    return text + "".join(f"{name}={_raw(values[name])}\n" for name in missing)


def _known(document: felix.Document, release: Release) -> dict[str, str | int]:
    """The properties that ``Metadata.Odoo`` has, as far as they are texts or numbers; others are not read."""
    return {
        name: value
        for name, value in document.values().items()
        if name in release.metadata_odoo and isinstance(value, str | int)
    }


def _raw(value: str | int) -> str:
    return f'I"{value}"' if isinstance(value, int) else felix.quote(value)


def _port(document: felix.Document | None, default: int) -> int:
    value = document.values().get("port") if document else None
    return value if isinstance(value, int) else default


def parsed(text: str, where: str) -> felix.Document:
    """A file of ``config.d``; ``where`` names it.

    Raises:
        SettingsError: it does not parse; with file and line.
    """
    try:
        return felix.parse(text)
    except felix.FelixSyntaxError as error:
        raise SettingsError(f"{where}:{error.line}: {error.problem}") from None
