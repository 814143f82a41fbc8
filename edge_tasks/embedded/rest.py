"""JSON-RPC over HTTP, as the backend's `Backend2Backend.Rest` answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from edge_tasks.embedded import edge_rpc, rpc
from edge_tasks.embedded.backend import BACKEND
from edge_tasks.embedded.login import is_allowed

if TYPE_CHECKING:
    from edge_tasks.embedded.backend import Backend


def rest_app(backend: Backend) -> web.Application:
    """The application behind the REST port."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app[BACKEND] = backend
    app.router.add_route("*", "/jsonrpc", _answer)
    return app


async def _answer(request: web.Request) -> web.Response:
    """Answer a call: HTTP 500 for a wrong login, else 200, whether it went well or not."""
    backend = request.app[BACKEND]
    if not is_allowed(request, (backend.config.user, backend.config.password)):
        return web.Response(status=500, text="Authentication failed")
    try:
        body = await _body(backend, await _read(request))
    except edge_rpc.NoAppCentreError:
        return web.Response(status=500, text=rpc.NO_APP_CENTRE)
    except (rpc.InvalidMessageError, rpc.RpcError) as error:
        body = rpc.refusal(rpc.NO_ID, rpc.over_rest(error))
    return web.Response(body=body, content_type="application/json")


async def _read(request: web.Request) -> rpc.Message:
    if request.method != "POST":
        raise rpc.RpcError(f"Method [{request.method}] is not supported for JSON-RPC endpoint")
    return rpc.parse_request(await request.read())


async def _body(backend: Backend, call: rpc.Message) -> bytes:
    try:
        return rpc.answer(call, await _call(backend, call))
    except rpc.EdgeError as error:
        return rpc.refusal(call.id, error)


async def _call(backend: Backend, call: rpc.Message) -> dict[str, Any]:
    if call.method == "edgeRpc":
        return await edge_rpc.answer(backend, call.params)
    if call.method == "getEdgesStatus":
        return await _status(backend, call.params)
    if call.method == "getEdgesChannelsValues":
        return await _values(backend, call.params)
    raise rpc.unhandled(call.method)


async def _status(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    devices = await backend.visible(rpc.strings(params, "edgeIds"))
    return {device.name: {"online": device.online} for device in devices}


async def _values(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    names, channels = rpc.strings(params, "ids"), rpc.channels(params)
    return {device.name: device.values(channels) for device in await backend.visible(names)}
