"""JSON-RPC 2.0 as OpenEMS speaks it: texts to values and back. No input, no output.

Codes and texts of errors are those of `OpenemsError` in OpenEMS 2024.7.0.
"""

from __future__ import annotations

import re
import uuid
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.channel_cache import Value

EMPTY: Final = b'{"jsonrpc":"2.0","method":"timestampedData","params":{}}'
"""What a real edge sends in a cycle without a change: nine messages of ten."""
NO_APP_CENTRE: Final = "No AppCenter Metadata provided."
CONFIG: Final = b'{"jsonrpc":"2.0","method":"edgeConfig",'
"""How a configuration begins, which is large and the same for many edges."""
GENERIC: Final = 1
NO_CHANNEL_ADDRESS: Final = 1000
UNHANDLED_METHOD: Final = 4001
NO_STRING: Final = 5009
NO_STRING_MEMBER: Final = 5010
NO_ARRAY_MEMBER: Final = 5007
NO_OBJECT_MEMBER: Final = 5003
NO_UUID_MEMBER: Final = 5033
NOT_CONNECTED: Final = 3000
NO_ID: Final = "00000000-0000-0000-0000-000000000000"
"""The id of a refusal over REST, whatever the request's was."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{1,8}(-[0-9a-fA-F]{1,4}){3}-[0-9a-fA-F]{1,12}")


class InvalidMessageError(Exception):
    """A text is no JSON-RPC message; the text of this error says why, without quoting it."""


class Message(NamedTuple):
    """A request, when it has an id, or a notification."""

    method: str
    params: dict[str, Any]
    id: str | int | None = None


class Answer(NamedTuple):
    """What answers a request: the whole text, with a `result` or an `error`."""

    id: str | int | None
    content: dict[str, Any]


class RpcError(Exception):
    """What an `error` answer says.

    Attributes:
        code: of OpenEMS, 1 for an error without a code of its own.
        data: what the message was made of.
    """

    def __init__(self, message: str, *data: str, code: int = GENERIC) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = list(data) or [message]


class EdgeError(RpcError):
    """An edge's own refusal, which the REST endpoint hands on with its code and under the request's id."""


def unhandled(method: str) -> RpcError:
    """Nobody knows this method."""
    return RpcError(f"Unhandled JSON-RPC method [{method}]", method, code=UNHANDLED_METHOD)


def invisible() -> RpcError:
    """Odoo answers nothing for an edge that it does not have or show, and the backend misses the name."""
    return RpcError("JSON [name:{}] is not a String member", "name", "{}", code=NO_STRING_MEMBER)


def not_connected(name: str) -> RpcError:
    """An edge is to be asked, and has no socket."""
    return RpcError(f"Edge [{name}] is not connected", name, code=NOT_CONNECTED)


def over_rest(error: Exception) -> RpcError:
    """An error as the REST endpoint hands it on: code and data are lost."""
    return RpcError(f"Unable to get Response: {error}")


def parse(text: str | bytes) -> Message | Answer:
    """Read a message.

    Raises:
        InvalidMessageError: it is none.
    """
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidMessageError("no JSON") from None
    if not isinstance(content, dict):
        raise InvalidMessageError("no JSON object")
    number = content.get("id")
    if number is not None and not isinstance(number, (str, int)):
        raise InvalidMessageError("an id that is no text")
    if "method" not in content and ("result" in content or "error" in content):
        return Answer(number, content)
    method, params = content.get("method"), content.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise InvalidMessageError("no JSON-RPC message")
    return Message(method, params, number)


def parse_request(text: bytes) -> Message:
    """Read a request over REST; it gets an id where it has none, and so does what it carries, as OpenEMS does it.

    Raises:
        InvalidMessageError: it is none.
        RpcError: its id is no UUID.
    """
    message = parse(text)
    if isinstance(message, Answer):
        raise InvalidMessageError("an answer instead of a request")
    if message.id is not None:
        uuid_of(orjson.loads(text))
    if isinstance(payload := message.params.get("payload"), dict):
        payload.setdefault("jsonrpc", "2.0")
        payload.setdefault("id", str(uuid.uuid4()))
    return message._replace(id=message.id or str(uuid.uuid4()))


@lru_cache(maxsize=32)
def params_of_config(text: bytes) -> bytes:
    """The params of an `edgeConfig` as JSON; edges of one template send the same, which is read once.

    Raises:
        InvalidMessageError: it is none.
    """
    message = parse(text)
    if not isinstance(message, Message):
        raise InvalidMessageError("no JSON-RPC message")
    return dumped(message.params)


def answer(request: Message, result: Mapping[str, Any]) -> bytes:
    """The text of a good answer."""
    return orjson.dumps({"jsonrpc": "2.0", "id": request.id, "result": result})


def refusal(number: str | int | None, error: RpcError) -> bytes:
    """The text of an error answer to the request of that id."""
    body = {"code": error.code, "message": error.message, "data": error.data}
    return orjson.dumps({"jsonrpc": "2.0", "id": number, "error": body})


def moments(params: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Value]]]:
    """The parts of a data notification, oldest first: milliseconds since 1970 and the values of that moment."""
    found = [
        (int(timestamp), cast("Mapping[str, Value]", values))
        for timestamp, values in params.items()
        if isinstance(values, dict) and timestamp.isascii() and timestamp.isdigit()
    ]
    return sorted(found, key=itemgetter(0))


def string(params: Mapping[str, Any], name: str) -> str:
    """A parameter that is a text.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, str):
        json = _json(params)
        raise RpcError(f"JSON [{name}:{json}] is not a String member", name, json, code=NO_STRING_MEMBER)
    return found


def member(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A parameter that is an object.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, dict):
        json = _json(params)
        text = f"JSON [{name}] ist not a member of JSON-Object [{json}]"  # OpenEMS has it so
        raise RpcError(text, name, json, code=NO_OBJECT_MEMBER)
    return found


def uuid_of(message: Mapping[str, Any]) -> str:
    """The id of a message, which OpenEMS wants to be a UUID.

    Raises:
        RpcError: it is none.
    """
    found = message.get("id")
    if not isinstance(found, str) or not _UUID.fullmatch(found):
        json = _json(message)
        raise RpcError(f"JSON [id:{json}] is not a UUID member", "id", json, code=NO_UUID_MEMBER)
    return found


def strings(params: Mapping[str, Any], name: str) -> list[str]:
    """A parameter that is a list of texts.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, list):
        json = _json(params)
        raise RpcError(f"JSON [{name}:{json}] is not JSON-Array", name, json, code=NO_ARRAY_MEMBER)
    for item in found:
        if not isinstance(item, str):
            raise RpcError(f"JSON [{_json(item)}] is not a String", _json(item), code=NO_STRING)
    return found


def channels(params: Mapping[str, Any]) -> list[str]:
    """The parameter `channels`: addresses as `meter0/ActivePower`.

    Raises:
        RpcError: it is missing, or one of them is no address.
    """
    found = strings(params, "channels")
    for address in found:
        if "/" not in address.rstrip("/"):
            raise RpcError(f"This [{address}] is not a valid channel address", address, code=NO_CHANNEL_ADDRESS)
    return found


def dumped(value: object) -> bytes:
    """As JSON."""
    return orjson.dumps(value)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
