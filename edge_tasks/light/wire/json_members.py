"""Members of a request's JSON, with the errors of a real edge for one that is missing (``OpenemsError.java``).

They repeat the request, as those of a real edge do: only who sent it reads them. The mistakes in their words are
OpenEMS' own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from edge_tasks.light.engine.device import NO_ELEMENT
from edge_tasks.light.wire.rpc_error import RpcError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_MEMBER, _NO_STRING = 5003, 5010
NO_LIST: Final = 'Cannot invoke "com.google.gson.JsonElement.isJsonArray()" because "object" is null'
"""What a real edge says of a request in which a list is missing."""


def text(params: Mapping[str, object], name: str) -> str:
    """A member that is a text.

    Raises:
        RpcError: there is none.
    """
    found = params.get(name)
    if isinstance(found, (str, int, float)) and not isinstance(found, bool):
        return str(found)
    shown = _json(params)
    raise RpcError(f"JSON [{name}:{shown}] is not a String member", name, shown, code=_NO_STRING)


def inner(params: Mapping[str, object], name: str) -> dict[str, object]:
    """A member that is an object.

    Raises:
        RpcError: there is none.
    """
    found = params.get(name)
    if isinstance(found, dict):
        return found
    shown = _json(params)
    raise RpcError(f"JSON [{name}] ist not a member of JSON-Object [{shown}]", name, shown, code=_NO_MEMBER)


def element(params: Mapping[str, object], name: str) -> str:
    """A text that a component is asked with.

    Raises:
        RpcError: there is none.
    """
    found = params.get(name)
    if not isinstance(found, str):
        raise RpcError(NO_ELEMENT)
    return found


def texts(params: Mapping[str, object], name: str) -> list[str]:
    """The texts of a list.

    Raises:
        RpcError: there is no such list.
    """
    found = params.get(name)
    if not isinstance(found, list):
        raise RpcError(NO_LIST)
    return [item for item in found if isinstance(item, str)]


def _json(params: Mapping[str, object]) -> str:
    return orjson.dumps(params).decode()
