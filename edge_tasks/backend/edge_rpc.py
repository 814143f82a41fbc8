"""`edgeRpc`: hand a request to an edge and its answer back, as the real backend does it.

Some payloads never reach the edge: its configuration is read from the device table, and its history from the
tables beside it. There is no time limit for an answer: like OpenEMS 2024.7.0, this waits until the caller goes
away, also when the edge's socket is closed meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from edge_tasks.backend import json_rpc
from edge_tasks.backend.history import NO_RESULT

if TYPE_CHECKING:
    from edge_tasks.backend.json_rpc import JsonObject
    from edge_tasks.backend.stand_in import Backend

_EXPORT: Final = "queryHistoricTimeseriesExportXlxs"
_NO_EXPORT: Final = "edge-tasks' stand-in makes no spreadsheets: ask for the data and the energies instead"
_CODES: Final = frozenset(
    (
        *range(1000, 1006),
        *range(2000, 2006),
        *range(3000, 3003),
        *range(4000, 4004),
        *range(5000, 5034),
        6000,
        6010,
    )
) - {5017}
"""The codes of OpenemsError. An error with another code is handed on as a generic one."""


class NoAppCentreError(Exception):
    """The real backend fails without an app centre, and answers with HTTP 500."""


async def answer(backend: Backend, params: JsonObject) -> JsonObject:
    """The result of an `edgeRpc` request.

    Raises:
        RpcError: the request is wrong, the edge is unknown or offline, or a payload cannot be answered.
        EdgeError: the edge refused it.
        NoAppCentreError: the payload is for the app centre.
        UncaughtError: OpenEMS fails with an exception that nobody catches.
    """
    name, payload = json_rpc.string(params, "edgeId"), _payload(json_rpc.member(params, "payload"))
    (device,) = await backend.visible([name])
    method = payload["method"]
    if method == "appCenter":
        raise NoAppCentreError
    if method == _EXPORT:
        raise json_rpc.RpcError(_NO_EXPORT)
    if method in NO_RESULT:
        history = await backend.history.answer(str(method), device, json_rpc.member(payload, "params"))
        return _answered(payload, history)
    if method == "getEdgeConfig":
        return _answered(payload, await _config(backend, name))
    if not device.connections:
        raise json_rpc.not_connected(name)
    return {"payload": _unwrapped(await device.connections[0].ask(_user(backend), payload))}


def _answered(payload: JsonObject, result: JsonObject) -> JsonObject:
    return {"payload": {"jsonrpc": "2.0", "id": payload["id"], "result": result}}


def _user(backend: Backend) -> dict[str, str]:
    """The user in whose name the edge is asked: Odoo's administrator."""
    return {"id": backend.config.user, "name": "Administrator", "language": "EN", "role": "admin"}


def _payload(found: JsonObject) -> JsonObject:
    """The inner request with only the fields that OpenEMS knows."""
    payload: JsonObject = {
        "jsonrpc": "2.0",
        "method": json_rpc.string(found, "method"),
        "params": json_rpc.member(found, "params"),
        "id": json_rpc.uuid_of(found),
    }
    timeout = found.get("timeout")
    return {**payload, "timeout": timeout} if isinstance(timeout, int) else payload


async def _config(backend: Backend, name: str) -> JsonObject:
    text = await backend.config_of(name)
    if text is None:
        raise json_rpc.RpcError(f"EdgeConfig for [{name}] is null in the Database")
    config: JsonObject = orjson.loads(text)
    return config


def _unwrapped(content: JsonObject) -> JsonObject:
    """What an edge answered, without its envelope."""
    if "result" not in content:
        raise _refused(content.get("error"))
    try:
        return _success(json_rpc.member(content["result"], "payload"))
    except json_rpc.RpcError as error:
        raise json_rpc.EdgeError(error.message, *error.data, code=error.code) from None


def _success(payload: JsonObject) -> JsonObject:
    if "error" in payload and "result" not in payload:
        raise json_rpc.RpcError("Expected a JSON-RPC Success Response")
    return {"jsonrpc": "2.0", "id": json_rpc.uuid_of(payload), "result": json_rpc.member(payload, "result")}


def _refused(error: object) -> json_rpc.EdgeError:
    if not isinstance(error, dict):
        return json_rpc.EdgeError("")
    message, code, data = str(error.get("message", "")), error.get("code"), error.get("data")
    if not isinstance(code, int) or code not in _CODES or not isinstance(data, list):
        return json_rpc.EdgeError(message)
    return json_rpc.EdgeError(message, *data, code=code)
