"""JSON-RPC over HTTP, as the backend's `Backend2Backend.Rest` answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from edge_tasks.backend import edge_rpc, history_request, json_rpc
from edge_tasks.backend.login import is_allowed
from edge_tasks.backend.stand_in import BACKEND

if TYPE_CHECKING:
    from edge_tasks.backend.json_rpc import JsonObject
    from edge_tasks.backend.stand_in import Backend

_GOOD: Final = 200


def rest_app(backend: Backend) -> web.Application:
    """The application behind the REST port."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app[BACKEND] = backend
    app.router.add_route("*", "/jsonrpc", _answer)
    return app


async def _answer(request: web.Request) -> web.Response:
    """Answer a call: HTTP 500 for a wrong login, the status of the release for an error, 200 else."""
    backend = request.app[BACKEND]
    if not is_allowed(request, (backend.config.user, backend.config.password)):
        return web.Response(status=500, text="Authentication failed")
    refused = backend.config.release.rest_error_status
    try:
        call = await _read(request)
        body, status = json_rpc.answer(call, await _call(backend, call)), _GOOD
    except edge_rpc.NoAppCentreError:
        return web.Response(status=500, text=json_rpc.NO_APP_CENTRE)
    except history_request.UncaughtError as error:
        return web.Response(status=500, text=str(error))
    except json_rpc.EdgeError as error:
        body, status = json_rpc.refusal(call.id, error), refused
    except (json_rpc.InvalidMessageError, json_rpc.RpcError) as error:
        body, status = json_rpc.refusal(json_rpc.NO_ID, json_rpc.over_rest(error)), refused
    return web.Response(status=status, body=body, content_type="application/json")


async def _read(request: web.Request) -> json_rpc.Message:
    if request.method != "POST":
        raise json_rpc.RpcError(f"Method [{request.method}] is not supported for JSON-RPC endpoint")
    return json_rpc.parse_request(await request.read())


async def _call(backend: Backend, call: json_rpc.Message) -> JsonObject:
    if call.method == "edgeRpc":
        return await edge_rpc.answer(backend, call.params)
    if call.method == "getEdgesStatus":
        return await _status(backend, call.params)
    if call.method == "getEdgesChannelsValues":
        return await _values(backend, call.params)
    raise json_rpc.unhandled(call.method)


async def _status(backend: Backend, params: JsonObject) -> JsonObject:
    devices = await backend.visible(json_rpc.strings(params, "edgeIds"))
    return {device.name: {"online": device.online} for device in devices}


async def _values(backend: Backend, params: JsonObject) -> JsonObject:
    names, channels = json_rpc.strings(params, "ids"), json_rpc.channels(params)
    return {device.name: device.values(channels) for device in await backend.visible(names)}
