"""JSON-RPC 2.0 as OpenEMS speaks it: texts to values and back. No input, no output.

Codes and texts of errors are those of `OpenemsError` in OpenEMS 2024.7.0.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.embedded.cache import Value

GENERIC: Final = 1
NO_CHANNEL_ADDRESS: Final = 1000
UNHANDLED_METHOD: Final = 4001
NO_STRING: Final = 5009
NO_STRING_MEMBER: Final = 5010
NO_ARRAY_MEMBER: Final = 5007
NO_ID: Final = "00000000-0000-0000-0000-000000000000"
"""The id of a refusal over REST, whatever the request's was."""


class InvalidMessageError(Exception):
    """A text is no JSON-RPC message; the text of this error says why, without quoting it."""


@dataclass(frozen=True)
class Message:
    """A request, when it has an id, or a notification."""

    method: str
    params: dict[str, Any]
    id: str | int | None = None


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


def unhandled(method: str) -> RpcError:
    """Nobody knows this method."""
    return RpcError(f"Unhandled JSON-RPC method [{method}]", method, code=UNHANDLED_METHOD)


def invisible() -> RpcError:
    """Odoo answers nothing for an edge that it does not have or show, and the backend misses the name."""
    return RpcError("JSON [name:{}] is not a String member", "name", "{}", code=NO_STRING_MEMBER)


def over_rest(error: Exception) -> RpcError:
    """An error as the REST endpoint hands it on: code and data are lost."""
    return RpcError(f"Unable to get Response: {error}")


def parse(text: str | bytes) -> Message | None:
    """Read a message; None for an answer, which nobody here waits for.

    Raises:
        InvalidMessageError: it is none.
    """
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidMessageError("no JSON") from None
    if not isinstance(content, dict):
        raise InvalidMessageError("no JSON object")
    if "method" not in content and ("result" in content or "error" in content):
        return None
    method, params, number = content.get("method"), content.get("params", {}), content.get("id")
    if not isinstance(method, str) or not isinstance(params, dict):
        raise InvalidMessageError("no JSON-RPC message")
    if number is not None and not isinstance(number, (str, int)):
        raise InvalidMessageError("an id that is no text")
    return Message(method, params, number)


def parse_request(text: bytes) -> Message:
    """Read a request; one without an id gets one, as OpenEMS does.

    Raises:
        InvalidMessageError: it is none.
    """
    message = parse(text)
    if message is None:
        raise InvalidMessageError("an answer instead of a request")
    return Message(message.method, message.params, message.id or str(uuid.uuid4()))


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


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
