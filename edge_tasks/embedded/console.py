"""The one thing that edge-tasks asks of a backend's Felix console: activate `Metadata.Odoo` again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from edge_tasks.embedded.edge_socket import BACKEND
from edge_tasks.embedded.login import is_allowed

if TYPE_CHECKING:
    from edge_tasks.embedded.backend import Backend


def console_app(backend: Backend) -> web.Application:
    """The application behind the console's port."""
    app = web.Application()
    app[BACKEND] = backend
    app.router.add_get("/", _introduce)
    app.router.add_post("/system/console/configMgr/Metadata.Odoo", _activate)
    return app


async def _introduce(_request: web.Request) -> web.Response:
    return web.Response(text="The console of edge-tasks' stand-in for an OpenEMS Backend. This is not OpenEMS.\n")


async def _activate(request: web.Request) -> web.Response:
    """Drop every edge, read the devices again, and answer when that is done."""
    backend = request.app[BACKEND]
    if not is_allowed(request, backend.config.console_login):
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="OSGi Management Console"'})
    await request.read()
    await backend.activate()
    return web.json_response({"status": True})
