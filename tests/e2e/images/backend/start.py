"""Our stand-in backend, configured as the real one is: by a Felix ``config.d``.

``Metadata`` says what knows its devices: Odoo, a file, or nothing. As the real one, it rewrites two files there,
and opens only the ports that are configured. Over B2B REST it lets in whom Odoo lets in: a password that was not
set there is found out.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import xmlrpc.client
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from edge_tasks.backend.__main__ import main
from edge_tasks.backend.stand_in import Backend
from edge_tasks.openems import felix
from tests.e2e.images.backend.file_store import replaced
from tests.e2e.images.backend.history import History

if TYPE_CHECKING:
    from aiohttp import web

FOLDER = Path(os.environ.get("FELIX_CM_DIR", "/opt/openems-backend/config.d"))
CONFIG = Path("/tmp/backend.json")  # noqa: S108 - the container's own
REWRITTEN = ("org/ops4j/pax/logging.config", "org_apache_felix_cm_impl_DynamicBindings.config")
NOT_STARTED = Path("/tmp/edge-websocket-not-started")  # noqa: S108 - as above
"""This file asks for a start without the port for edges, once, as it happens to a real backend."""
CLOSED_EDGE_PORT = 18081
CLOSED_REST_PORT = 18075
"""Where the REST API is when the platform has none configured: nobody looks there."""


class Odoo:
    """The Odoo that ``Metadata/Odoo.config`` leads to; it is asked once for each login that is right."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        self._url = f"http://{metadata['odooHost']}:{metadata.get('odooPort', 8069)}/xmlrpc/2/common"
        self._database = metadata["database"]
        self._let_in: set[str] = set()

    def lets_in(self, request: web.Request, *_login: object) -> bool:
        """Whether the request's HTTP Basic login is one of Odoo's."""
        header = request.headers.get("Authorization", "")
        if header not in self._let_in and self._authenticates(header):
            self._let_in.add(header)
        return header in self._let_in

    def _authenticates(self, header: str) -> bool:
        with suppress(ValueError, OSError, xmlrpc.client.Error):
            login, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
            return bool(xmlrpc.client.ServerProxy(self._url).authenticate(self._database, login, password, {}))
        return False


def values(path: Path) -> dict[str, Any]:
    return dict(felix.parse(path.read_text()).values())


def edge_port() -> int:
    if NOT_STARTED.exists():
        NOT_STARTED.unlink()
        return CLOSED_EDGE_PORT
    websocket = FOLDER / "Edge" / "Websocket.config"
    return int(values(websocket).get("port", 8081)) if websocket.exists() else 8081


def manager() -> dict[str, int]:
    """Where backend-edge connects, if the backend is configured as one of two programs."""
    path = FOLDER / "Edge" / "Manager.config"
    return {"manager_port": int(values(path).get("port", 8083))} if path.exists() else {}


def anybody(request: web.Request, *_login: object) -> bool:
    """With ``Metadata.File`` and ``Metadata.Dummy`` every login is admin's."""
    return "Authorization" in request.headers


def document(metadata: dict[str, Any]) -> dict[str, Any]:
    rest = next((FOLDER / "Backend2Backend" / "Rest").glob("*.config"), None)
    return {
        "database": {
            "host": metadata.get("pgHost", "127.0.0.1"),
            "port": metadata.get("pgPort", 5432),
            "dbname": metadata.get("database", ""),
            "user": metadata.get("pgUser", ""),
            "password": metadata.get("pgPassword", ""),
        },
        "host": "0.0.0.0",
        "edge_port": edge_port(),
        **manager(),
        "rest_port": values(rest).get("port", 8075) if rest else CLOSED_REST_PORT,
        "console_port": 8079,
        "login": {"user": "", "password": ""},  # nobody: Odoo is asked
        "console_login": {"user": "admin", "password": "admin"},
    }


def run() -> int:
    for name in REWRITTEN:
        path = FOLDER / name
        if path.exists():
            new = path.with_suffix(".new")  # as Felix does: the file is another one then, and root's
            new.write_text(f"{path.read_text().rstrip()}\n")
            new.replace(path)
    [config] = (FOLDER / "Metadata").glob("*.config")
    metadata = values(config)
    is_odoo = metadata["service.pid"] == "Metadata.Odoo"
    CONFIG.touch(0o600)
    CONFIG.write_text(json.dumps(document(metadata)))
    influxdb = next((FOLDER / "Timedata" / "InfluxDB").glob("*.config"), None)
    others = nullcontext() if is_odoo else replaced(metadata.get("path", ""))
    allowed = Odoo(metadata).lets_in if is_odoo else anybody
    with mock.patch("edge_tasks.backend.rest.is_allowed", allowed), others:
        if influxdb is None or (told := values(influxdb)).get("isReadOnly"):
            return main([str(CONFIG)])
        with mock.patch.object(Backend, "_take_data", History(told).taking(Backend._take_data)):
            return main([str(CONFIG)])


if __name__ == "__main__":
    sys.exit(run())
