"""How a platform's backend is wired: what its ``config.d`` says of PostgreSQL, Odoo and its own ports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA: Final = PurePosixPath("Metadata/Odoo.config")
WEBSOCKET: Final = PurePosixPath("Edge/Websocket.config")
_UI: Final = PurePosixPath("Ui/Websocket.config")
_REST: Final = "Backend2Backend/Rest/"
REST: Final = PurePosixPath(_REST) / "edgeTasks.config"
REST_TEXT: Final = """\
:org.apache.felix.configadmin.revision:=L"1"
port=I"8075"
service.factoryPid="Backend2Backend.Rest"
service.pid="Backend2Backend.Rest.edgeTasks"
"""
"""For a backend without it; Felix takes any last segment that file and PID agree on."""
_WORKDIR: Final = re.compile(r"\s*WORKDIR\s+(\S+)", re.IGNORECASE)
_COPY: Final = re.compile(r"\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(?:\./)?config\.d/?\s+(\S+)", re.IGNORECASE)
_DEFAULTS: Final[dict[str, Any]] = {
    "odooHost": "localhost",
    "odooPort": 8069,
    "odooUid": 1,
    "odooPassword": "",
    "pgHost": "localhost",
    "pgPort": 5432,
    "pgUser": "odoo",
    "pgPassword": "",
    "database": "",
}
"""As OpenEMS Backend 2024.7.0 has them (``Metadata.Odoo``'s ``Config.java``)."""


@dataclass(frozen=True)
class Wiring:
    """What the backend's configuration says.

    Attributes:
        values: of ``Metadata.Odoo``, defaults filled in, by property (``pgHost``, ``odooUid``, …).
        lines: where each that was given stands, counted from 1.
        edge_port: where edges connect (``Edge.Websocket``).
        rest_port: of the B2B REST API; None when it is not configured.
        ui_port: where UIs connect (``Ui.Websocket``).
    """

    values: Mapping[str, Any] = field(repr=False)
    lines: Mapping[str, int]
    edge_port: int
    rest_port: int | None
    ui_port: int

    @property
    def hosts(self) -> dict[str, str]:
        """Role → the host name by which the backend reaches it."""
        return {"database": str(self.values["pgHost"]), "odoo": str(self.values["odooHost"])}


def read_wiring(files: Mapping[PurePosixPath, str], folder: str) -> Wiring:
    """Read the files of a backend's ``config.d``, by relative path.

    Raises:
        SettingsError: ``Metadata/Odoo.config`` is missing, or a file does not parse; with file and line.
    """
    if METADATA not in files:
        raise SettingsError(
            f"{folder} has no {METADATA}",
            hint="the docker runtime registers edges in Odoo's device table; that file leads the backend to it",
        )
    documents = {path: _parsed(text, f"{folder}/{path}") for path, text in files.items()}
    given = documents[METADATA]
    values = {**_DEFAULTS, **{name: value for name, value in given.values().items() if name in _DEFAULTS}}
    websocket = documents.get(WEBSOCKET)
    rest = next((found for path, found in documents.items() if str(path).startswith(_REST)), None)
    return Wiring(
        values=values,
        lines={found.name: found.line for found in given.properties},
        edge_port=_port(websocket, 8081),
        rest_port=None if rest is None else _port(rest, 8075),
        ui_port=_port(documents.get(_UI), 8082),
    )


def rewired(text: str, values: Mapping[str, str | int]) -> str:
    """``Metadata/Odoo.config`` with other values; whatever else it says stays as it is."""
    document = felix.parse(text)
    changes = [(found.start, found.end, found.name) for found in document.properties if found.name in values]
    for start, end, name in sorted(changes, reverse=True):
        text = text[:start] + _raw(values[name]) + text[end:]
    missing = [name for name in values if document.find(name) is None]
    return text + "".join(f"{name}={_raw(values[name])}\n" for name in missing)


def copied_to(dockerfile: str) -> str | None:
    """Where an image has the build context's ``config.d``; None when its Dockerfile does not copy it."""
    folder = PurePosixPath("/")
    for line in dockerfile.splitlines():
        if found := _WORKDIR.match(line):
            folder /= found[1]
        elif found := _COPY.match(line):
            return str(folder / PurePosixPath(found[1]))
    return None


def _raw(value: str | int) -> str:
    return f'I"{value}"' if isinstance(value, int) else felix.quote(value)


def _port(document: felix.Document | None, default: int) -> int:
    value = document.values().get("port") if document else None
    return value if isinstance(value, int) else default


def _parsed(text: str, where: str) -> felix.Document:
    try:
        return felix.parse(text)
    except felix.FelixSyntaxError as error:
        raise SettingsError(f"{where}:{error.line}: {error.problem}") from None
