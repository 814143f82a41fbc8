"""JSON-RPC over HTTP, as the backend's `Backend2Backend.Rest` answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from edge_tasks.embedded import rpc
from edge_tasks.embedded.edge_socket import BACKEND
from edge_tasks.embedded.login import is_allowed

if TYPE_CHECKING:
    from edge_tasks.embedded.backend import Backend


def rest_app(backend: Backend) -> web.Application:
    """The application behind the REST port."""
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app[BACKEND] = backend
    app.router.add_post("/jsonrpc", _answer)
    return app


async def _answer(request: web.Request) -> web.Response:
    """Answer a call: HTTP 500 for a wrong login, else 200, whether it went well or not."""
    backend = request.app[BACKEND]
    if not is_allowed(request, backend.config):
        return web.Response(status=500, text="Authentication failed")
    call = None
    try:
        call = rpc.parse_request(await request.read())
        body = rpc.answer(call, await _call(backend, call))
    except rpc.InvalidMessageError as error:
        body = rpc.refusal(None, rpc.RpcError(f"JSON-RPC Message is not valid: {error}", code=4000))
    except rpc.RpcError as error:
        body = rpc.refusal(call, error)
    return web.Response(body=body, content_type="application/json")


async def _call(backend: Backend, call: rpc.Message) -> dict[str, Any]:
    if call.method == "getEdgesStatus":
        return await _status(backend, call.params)
    if call.method == "getEdgesChannelsValues":
        return await _values(backend, call.params)
    raise rpc.RpcError(f"Unhandled JSON-RPC method [{call.method}]", call.method, code=rpc.UNHANDLED_METHOD)


async def _status(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    names = rpc.strings(params, "edgeIds")
    await _check(backend, names)
    found = ((name, backend.devices.by_name(name)) for name in names)
    return {name: {"online": device is not None and device.online} for name, device in found}


async def _values(backend: Backend, params: dict[str, Any]) -> dict[str, Any]:
    names, channels = rpc.strings(params, "ids"), rpc.strings(params, "channels")
    await _check(backend, names)
    return {name: backend.cache.values(name, channels) for name in names}


async def _check(backend: Backend, names: list[str]) -> None:
    """Fail the whole call for one edge that the cache does not know or that is not active now."""
    await backend.ready.wait()
    for name in names:
        if backend.devices.by_name(name) is None:
            raise rpc.RpcError(f"Unable to find edge with id [{name}]", name)
    active = await backend.active(names)
    if any(name not in active for name in names):
        raise rpc.RpcError("JSON [name:{}] is not a String member", "name", "{}")
