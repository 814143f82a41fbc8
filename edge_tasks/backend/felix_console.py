"""The part of a backend's Felix console that edge-tasks uses: it activates `Metadata.Odoo` again.

It also has metrics for Prometheus, which a real console has not. They are here because the REST port, as in
OpenEMS, answers nothing but JSON-RPC. A request over loopback needs no login for them.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from edge_tasks.backend.login import is_allowed
from edge_tasks.backend.metrics import text_of
from edge_tasks.backend.stand_in import BACKEND
from edge_tasks.timedata.embedded.database import HISTORY_PATH

if TYPE_CHECKING:
    from edge_tasks.backend.stand_in import Backend


def console_app(backend: Backend) -> web.Application:
    """The application behind the console's port."""
    app = web.Application()
    app[BACKEND] = backend
    app.router.add_get("/", _introduce)
    app.router.add_get("/metrics", _metrics)
    app.router.add_post(HISTORY_PATH, _write_history)
    app.router.add_post("/system/console/configMgr/Metadata.Odoo", _activate)
    return app


async def _introduce(_request: web.Request) -> web.Response:
    return web.Response(text="The console of edge-tasks' stand-in for an OpenEMS Backend. This is not OpenEMS.\n")


async def _activate(request: web.Request) -> web.Response:
    """Drop every edge, read the devices again, and answer when that is done."""
    backend = request.app[BACKEND]
    if not is_allowed(request, backend.config.console_login):
        return _forbidden()
    await request.read()
    await backend.activate()
    return web.json_response({"status": True})


async def _write_history(request: web.Request) -> web.Response:
    """Write what edges have sent, and answer when that is done."""
    backend = request.app[BACKEND]
    if not (_is_near(request) or is_allowed(request, backend.config.console_login)):
        return _forbidden()
    await backend.history.live.write()
    return web.json_response({"status": True})


async def _metrics(request: web.Request) -> web.Response:
    backend = request.app[BACKEND]
    if not (_is_near(request) or is_allowed(request, backend.config.console_login)):
        return _forbidden()
    return web.Response(body=text_of(backend), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_near(request: web.Request) -> bool:
    """Whether it comes over loopback."""
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def _forbidden() -> web.Response:
    return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="OSGi Management Console"'})
