"""What an edge answers to the backend's requests, and what these make it do. No I/O.

Requests are ``authenticatedRpc`` around a payload with an id of its own. A backend waits for an answer without a
timeout, so there always is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from edge_tasks.light.engine.device import RefusedError
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire import config_changes, json_members
from edge_tasks.light.wire.channel_records import Record, digital_inputs, records, states
from edge_tasks.light.wire.config_changes import Change
from edge_tasks.light.wire.json_members import element
from edge_tasks.light.wire.rpc_error import RpcError, no_endpoint
from edge_tasks.openems.release import release_of

if TYPE_CHECKING:
    from edge_tasks.light.wire.edge_config import FactoryConfig
    from edge_tasks.light.wire.model import Model

Params: TypeAlias = Mapping[str, object]
_MANAGER: Final = "_componentManager"
_ASKED: Final = frozenset(
    {
        "Controller.Api.ModbusTcp.ReadOnly",
        "Controller.Api.ModbusTcp.ReadWrite",
        "Controller.Ess.Time-Of-Use-Tariff",
        "Controller.Symmetric.BalancingSchedule",
        "Core.Energy",
        "Meter.Discovergy",
    }
)
"""The factories of OpenEMS 2024.7.0 that implement ``ComponentJsonApi``, and of whose methods we know none."""
_FLAGS: Final[Mapping[str, int]] = {"true": 1, "false": 0}
_WHOLE: Final = re.compile("[+-]?[0-9]{1,40}")
_HALF: Final = 1 << 31
"""How many negative numbers there are with 32 bits."""


@dataclass(frozen=True)
class Subscription:
    """Somebody wants the edge's log, or no longer."""

    wanted: bool


Effect: TypeAlias = Change | Command | Subscription | None


@dataclass(frozen=True)
class Moment:
    """When a request came.

    Attributes:
        now: epoch ms.
        at: as OpenEMS notes it: ``2026-11-23T22:08:54``.
    """

    now: int
    at: str


def answer(message: bytes, model: Model, moment: Moment) -> tuple[bytes | None, Effect]:
    """The answer to a message, and what must be done. What is not a request (a response, garbage) has no answer.

    Args:
        message: as it came.
        model: what the edge is.
        moment: when it came.
    """
    try:
        request = orjson.loads(message)
    except orjson.JSONDecodeError:
        return None, None
    if not isinstance(request, dict) or "id" not in request or not isinstance(request.get("method"), str):
        return None, None
    try:
        payload = _payload(request)
        number, result, effect = _handle(payload, _user(request), model, moment)
    except RpcError as error:
        return _text(
            request["id"], error={"code": error.code, "message": error.message, "data": error.data}
        ), None
    return _text(request["id"], result={"payload": {"jsonrpc": "2.0", "id": number, "result": result}}), effect


def _text(number: object, **outcome: object) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "id": number, **outcome})


def _payload(request: Params) -> Params:
    params = request.get("params")
    payload = params.get("payload") if isinstance(params, dict) else None
    if request["method"] != "authenticatedRpc" or not isinstance(payload, dict):
        raise no_endpoint(request["method"])
    return payload


def _user(request: Params) -> str:
    user = _params(request).get("user")
    found = user if isinstance(user, dict) else {}
    return f"{found.get('id', 'UNDEFINED')}: {found.get('name', '')}"


def _handle(payload: Params, user: str, model: Model, moment: Moment) -> tuple[object, object, Effect]:
    """The id of the answer, its result, and what must be done."""
    method, params = payload.get("method"), _params(payload)
    if method == "componentJsonApi":
        own_id, inner = json_members.text(params, "componentId"), json_members.inner(params, "payload")
        json_members.text(inner, "method")
        json_members.inner(inner, "params")
        result, effect = _ask_component(own_id, inner, user, model, moment)
        return inner.get("id"), result, effect
    if method == "subscribeSystemLog":
        done = {
            "payload": {"jsonrpc": "2.0", "id": payload.get("id"), "result": {}}
        }  # a real edge wraps it twice
        return payload.get("id"), done, Subscription(params.get("subscribe") is not False)
    if method == "setChannelValue":
        return payload.get("id"), {}, _command(params, model, moment)
    return payload.get("id"), *_ask_component(_MANAGER, payload, user, model, moment)


def _ask_component(
    own_id: str, payload: Params, user: str, model: Model, moment: Moment
) -> tuple[object, Effect]:
    method = payload.get("method")
    if own_id == _MANAGER and method in config_changes.METHODS:
        change = Change(str(method), _params(payload), user, moment.at)
        change.apply(model.configuration)  # says whether it can be made
        return {}, change
    answer_of_manager = _ANSWERS.get(str(method)) if own_id == _MANAGER else None
    if answer_of_manager is not None:
        return answer_of_manager(_params(payload), model), None
    answers = model.answers.get(own_id, {})
    if not answers and not _can_be_asked(own_id, model):
        raise RpcError(f"Component with id '{own_id}' was not found")
    if str(method) not in answers:
        raise no_endpoint(method)
    try:
        return answers[str(method)](_params(payload)), None
    except RefusedError as error:
        raise RpcError(str(error)) from None


def _can_be_asked(own_id: str, model: Model) -> bool:
    """Whether it has an interface of its own. A real edge says of others that they are not there."""
    component = model.config["components"].get(own_id)
    return own_id == _MANAGER or (component is not None and component["factoryId"] in _ASKED)


def _params(payload: Params) -> Params:
    params = payload.get("params")
    return params if isinstance(params, dict) else {}


def _command(params: Params, model: Model, moment: Moment) -> Command:
    own_id, name = json_members.text(params, "componentId"), json_members.text(params, "channelId")
    channel = f"{own_id}/{name}"
    if channel not in model.plant.writable:
        _channel(own_id, name, model)
        raise RpcError(f"[{channel}] is not a Write Channel")
    value = params.get("value")
    if value is None or value == "":
        return Command(channel, 0, moment.now)
    return Command(channel, _read(channel, value, model), moment.now + model.api_timeout)


def _read(channel: str, value: object, model: Model) -> int:
    """What an edge reads of a written value: a relay is a flag, and all else is a number of 32 bits.

    Raises:
        RpcError: it reads nothing. A real edge says yes all the same, and logs an error in each cycle.
    """
    is_flag = channel in model.plant.outputs and channel not in model.plant.numbers
    if isinstance(value, str):
        number = _FLAGS.get(value.lower()) if is_flag else int(value) if _WHOLE.fullmatch(value) else None
        is_cut = False
    else:
        number = int(value) if isinstance(value, int | float) else None
        is_cut = release_of(model.version).cuts_written_numbers
    if number is not None:
        last = (number + _HALF) % (2 * _HALF) - _HALF
        if is_cut or number == last:
            return last
    raise RpcError(
        f"Unable to set [{channel}] to [{value}]: it is no {'flag' if is_flag else 'number of 32 bits'}"
    )


def _factory(params: Params, model: Model) -> FactoryConfig:
    pid = json_members.element(params, "factoryId")
    factory = model.config["factories"].get(pid)
    if factory is None:
        raise RpcError(f"Factory with id {pid} could not be found.")
    return factory


def _channel(own_id: str, name: str, model: Model) -> Record:
    for record in records(model, own_id):
        if record["id"] == name:
            return record
    raise RpcError(f"Channel [{name}] is not defined for ID [{own_id}].")


_Answer: TypeAlias = Callable[[Params, "Model"], object]
_ANSWERS: Final[Mapping[str, _Answer]] = {
    "getEdgeConfig": lambda _, model: model.config,
    "getAllComponentFactories": lambda _, model: {"factories": model.config["factories"]},
    "getPropertiesOfFactory": lambda params, model: {"factory": _factory(params, model), "properties": []},
    "getChannelsOfComponent": lambda params, model: {"channels": records(model, element(params, "componentId"))},
    "getStateChannelsOfComponent": lambda params, model: {
        "channels": states(model, element(params, "componentId"))
    },
    "getDigitalInputChannelsOfComponents": lambda params, model: {
        "channelsPerComponent": digital_inputs(model, json_members.texts(params, "componentIds"))
    },
    "getChannel": lambda params, model: {
        "channel": _channel(element(params, "componentId"), element(params, "channelId"), model)
    },
}
"""What the component manager says of the whole edge; what other components answer is in their modules."""
