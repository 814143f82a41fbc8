"""JSON-RPC over HTTP, as the backend's `Backend2Backend.Rest` answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from edge_tasks.backend import edge_rpc, json_rpc
from edge_tasks.backend.login import is_allowed
from edge_tasks.backend.stand_in import BACKEND

if TYPE_CHECKING:
    from edge_tasks.backend.stand_in import Backend


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
        return web.Response(status=500, text=json_rpc.NO_APP_CENTRE)
    except (json_rpc.InvalidMessageError, json_rpc.RpcError) as error:
        body = json_rpc.refusal(json_rpc.NO_ID, json_rpc.over_rest(error))
    return web.Response(body=body, content_type="application/json")


async def _read(request: web.Request) -> json_rpc.Message:
    if request.method != "POST":
        raise json_rpc.RpcError(f"Method [{request.method}] is not supported for JSON-RPC endpoint")
    return json_rpc.parse_request(await request.read())


async def _body(backend: Backend, call: json_rpc.Message) -> bytes:
    try:
        return json_rpc.answer(call, await _call(backend, call))
    except json_rpc.EdgeError as error:
        return json_rpc.refusal(call.id, error)


async def _call(backend: Backend, call: json_rpc.Message) -> dict[str, Any]:
    if call.method == "edgeRpc":
        return await edge_rpc.answer(backend, call.params)
    if call.method == "getEdgesStatus":
        return await _status(backend, call.params)
    if call.method == "getEdgesChannelsValues":
        return await _values(backend, call.params)
    raise json_rpc.unhandled(call.method)


async def _status(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    devices = await backend.visible(json_rpc.strings(params, "edgeIds"))
    return {device.name: {"online": device.online} for device in devices}


async def _values(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    names, channels = json_rpc.strings(params, "ids"), json_rpc.channels(params)
    return {device.name: device.values(channels) for device in await backend.visible(names)}
