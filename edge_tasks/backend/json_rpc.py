"""JSON-RPC 2.0 as OpenEMS speaks it: texts to values and back. No I/O.

Codes and texts of errors are those of `OpenemsError` in OpenEMS 2024.7.0.
"""

from __future__ import annotations

import re
import uuid
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.backend.channel_cache import Value

JsonObject: TypeAlias = "dict[str, object]"
"""A JSON object as it came: nothing is known yet of its values."""

EMPTY: Final = b'{"jsonrpc":"2.0","method":"timestampedData","params":{}}'
"""What a real edge sends in a cycle in which nothing changed: nine messages of ten."""
NO_APP_CENTRE: Final = "No AppCenter Metadata provided."
CONFIG: Final = b'{"jsonrpc":"2.0","method":"edgeConfig",'
"""How an edge's configuration begins. It is large, and many edges send the same one."""
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
"""The id of a refusal over REST, whatever id the request had."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{1,8}(-[0-9a-fA-F]{1,4}){3}-[0-9a-fA-F]{1,12}")


class InvalidMessageError(Exception):
    """A text is not a JSON-RPC message. This error says why, without quoting the text."""


class Message(NamedTuple):
    """A request, or a notification when it has no id."""

    method: str
    params: JsonObject
    id: str | int | None = None


class Answer(NamedTuple):
    """The answer to a request, as a whole: with a `result` or an `error`."""

    id: str | int | None
    content: JsonObject


class RpcError(Exception):
    """An error as an answer has it.

    Attributes:
        code: as OpenEMS numbers its errors; 1 for one without a number of its own.
        data: the values that are filled into the message.
    """

    def __init__(self, message: str, *data: str, code: int = GENERIC) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = list(data) or [message]


class EdgeError(RpcError):
    """An edge's own refusal. The REST endpoint hands it on with its code, under the request's id."""


def unhandled(method: str) -> RpcError:
    """The refusal of an unknown method."""
    return RpcError(f"Unhandled JSON-RPC method [{method}]", method, code=UNHANDLED_METHOD)


def invisible() -> RpcError:
    """The refusal of an edge that Odoo does not have or show: it answers nothing, and OpenEMS misses the name."""
    return RpcError("JSON [name:{}] is not a String member", "name", "{}", code=NO_STRING_MEMBER)


def not_connected(name: str) -> RpcError:
    """The refusal to ask an edge that is offline."""
    return RpcError(f"Edge [{name}] is not connected", name, code=NOT_CONNECTED)


def over_rest(error: Exception) -> RpcError:
    """An error as the REST endpoint hands it on, without its code and data."""
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
        raise InvalidMessageError("an id that is neither a text nor a number")
    if "method" not in content and ("result" in content or "error" in content):
        return Answer(number, content)
    method, params = content.get("method"), content.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise InvalidMessageError("not a JSON-RPC message")
    return Message(method, params, number)


def parse_request(text: bytes) -> Message:
    """Read a request over REST. It gets an id if it has none, and so does its payload, as OpenEMS does it.

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
    """The params of an `edgeConfig`, as JSON. Edges of one template send the same, which is read once.

    Raises:
        InvalidMessageError: it is none.
    """
    message = parse(text)
    if not isinstance(message, Message):
        raise InvalidMessageError("not a JSON-RPC message")
    return dumped(message.params)


def answer(request: Message, result: Mapping[str, object]) -> bytes:
    """The text of an answer with a result."""
    return orjson.dumps({"jsonrpc": "2.0", "id": request.id, "result": result})


def refusal(number: str | int | None, error: RpcError) -> bytes:
    """The text of an error answer to the request with this id."""
    body = {"code": error.code, "message": error.message, "data": error.data}
    return orjson.dumps({"jsonrpc": "2.0", "id": number, "error": body})


def moments(params: Mapping[str, object]) -> list[tuple[int, Mapping[str, Value]]]:
    """The parts of a data notification, oldest first: milliseconds since 1970 and the values of that moment."""
    found = [
        (int(timestamp), cast("Mapping[str, Value]", values))
        for timestamp, values in params.items()
        if isinstance(values, dict) and timestamp.isascii() and timestamp.isdigit()
    ]
    return sorted(found, key=itemgetter(0))


def string(params: Mapping[str, object], name: str) -> str:
    """A parameter that is a text.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, str):
        raise _wrong(params, name, "JSON [{name}:{json}] is not a String member", NO_STRING_MEMBER)
    return found


def member(params: object, name: str) -> JsonObject:
    """A parameter that is an object.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name) if isinstance(params, dict) else None
    if not isinstance(found, dict):
        # the spelling is OpenEMS' own
        text = "JSON [{name}] ist not a member of JSON-Object [{json}]"
        raise _wrong(params, name, text, NO_OBJECT_MEMBER)
    return found


def uuid_of(message: Mapping[str, object]) -> str:
    """The id of a message, which has to be a UUID for OpenEMS.

    Raises:
        RpcError: it is none.
    """
    found = message.get("id")
    if not isinstance(found, str) or not _UUID.fullmatch(found):
        raise _wrong(message, "id", "JSON [{name}:{json}] is not a UUID member", NO_UUID_MEMBER)
    return found


def strings(params: Mapping[str, object], name: str) -> list[str]:
    """A parameter that is a list of texts.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, list):
        raise _wrong(params, name, "JSON [{name}:{json}] is not JSON-Array", NO_ARRAY_MEMBER)
    for item in found:
        if not isinstance(item, str):
            raise RpcError(f"JSON [{_json(item)}] is not a String", _json(item), code=NO_STRING)
    return found


def channels(params: Mapping[str, object]) -> list[str]:
    """The parameter `channels`: addresses as `meter0/ActivePower`.

    Raises:
        RpcError: it is missing, or one of them is not an address.
    """
    found = strings(params, "channels")
    for address in found:
        if "/" not in address.rstrip("/"):
            raise RpcError(f"This [{address}] is not a valid channel address", address, code=NO_CHANNEL_ADDRESS)
    return found


def _wrong(params: object, name: str, text: str, code: int) -> RpcError:
    """The refusal of a parameter; the whole object stands in its text, as in OpenEMS."""
    json = _json(params)
    return RpcError(text.format(name=name, json=json), name, json, code=code)


def dumped(value: object) -> bytes:
    """A value as JSON."""
    return orjson.dumps(value)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
