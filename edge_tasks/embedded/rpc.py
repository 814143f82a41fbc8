"""JSON-RPC 2.0 as OpenEMS speaks it: texts to values and back. No input, no output."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge_tasks.embedded.cache import Value

GENERIC: Final = 1
UNHANDLED_METHOD: Final = 4001


class InvalidMessageError(Exception):
    """A text is no JSON-RPC message; the text of this error says why, without quoting it."""


@dataclass(frozen=True)
class Message:
    """A request, when it has an id, or a notification."""

    method: str
    params: dict[str, Any]
    id: str | int | None = None


class RpcError(Exception):
    """What an `error` answer says."""

    def __init__(self, message: str, *data: str, code: int = GENERIC) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = list(data) or [message]


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


def refusal(request: Message | None, error: RpcError) -> bytes:
    """The text of an error answer."""
    body = {"code": error.code, "message": error.message, "data": error.data}
    return orjson.dumps({"jsonrpc": "2.0", "id": request.id if request else None, "error": body})


def moments(params: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """The parts of a data notification: milliseconds since 1970 and the values of that moment."""
    for timestamp, values in params.items():
        if isinstance(values, dict) and timestamp.isascii() and timestamp.isdigit():
            yield int(timestamp), cast("Mapping[str, Value]", values)


def component_lines(config: Mapping[str, Any]) -> str:
    """The components of an `edgeConfig`, one a line: id, factory, alias, properties."""
    components = config.get("components")
    if not isinstance(components, dict):
        return ""
    return "\n".join(_line(name, part) for name, part in sorted(components.items()) if isinstance(part, dict))


def _line(name: str, component: Mapping[str, Any]) -> str:
    properties = component.get("properties")
    texts = (
        [f"{key}={value}" for key, value in sorted(properties.items())] if isinstance(properties, dict) else []
    )
    head = f"{name} [{component.get('factoryId', '')}] {component.get('alias', '')}".rstrip()
    return f"{head}: {', '.join(texts)}" if texts else head


def strings(params: Mapping[str, Any], name: str) -> list[str]:
    """A parameter that is a list of texts.

    Raises:
        RpcError: it is missing or something else.
    """
    found = params.get(name)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise RpcError(f"JSON [{name}] is not an Array of Strings", name)
    return found
