"""The backend's websocket for the UI: its pages of edges, by which it learns a user's role for each of them.

A backend that does not know the role of a user for an edge asks Odoo, 10 ms for each edge, one after another; of
a page of a hundred it asks once. So a large fleet is paged through before it is asked for in full.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import aiohttp

from edge_tasks.errors import BackendError, BackendHangs

if TYPE_CHECKING:
    from collections.abc import Mapping

_Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[Any]"
_PAGE: Final = 100
"""Edges; the backend gives no more at once."""
_SECONDS: Final = 60.0
"""The time for all pages; a slower backend is asked without them."""
_STATUS_SECONDS: Final = 10.0
"""The time for all pages when they are asked for who is online."""


def introduce(address: str, user: str, password: str) -> None:
    """Page through all edges as a user; if the backend does not answer like this, nothing happens.

    Args:
        address: e.g. ``ws://127.0.0.1:8082``.
        user: of Odoo.
        password: of that user.
    """
    with suppress(aiohttp.ClientError, OSError, ValueError, TypeError, asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(_page(address, user, password), _SECONDS))


def read_online(address: str, user: str, password: str) -> dict[str, bool]:
    """Whether each edge is online that a user sees, by name; the arguments are those of :func:`introduce`.

    Raises:
        BackendError: it does not answer, or refuses the login.
    """
    try:
        pages = asyncio.run(asyncio.wait_for(_page(address, user, password), _STATUS_SECONDS))
    except asyncio.TimeoutError:
        raise BackendHangs(f"{address} does not answer within {_STATUS_SECONDS:.0f} s") from None
    except (ValueError, TypeError):
        raise BackendError(f"{address} does not answer as a backend's UI, or refuses {user}") from None
    except (aiohttp.ClientError, OSError) as error:
        raise BackendError(f"{address} does not answer: {error}") from None
    return {str(edge["id"]): bool(edge.get("isOnline")) for page in pages for edge in page}


async def _page(address: str, user: str, password: str) -> list[list[dict[str, Any]]]:
    """All pages; the last one is not full.

    Raises:
        ValueError: the backend refuses the user, or a page.
    """
    pages: list[list[dict[str, Any]]] = []
    async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
        login = {"username": user, "password": password}
        answer = await _ask(socket, "authenticateWithPassword", login)
        while "result" in answer:
            params = {"page": len(pages), "limit": _PAGE, "searchParams": {}}
            answer = await _ask(socket, "getEdges", params)
            pages.append(list(answer.get("result", {}).get("edges", ())))
            if "result" in answer and len(pages[-1]) < _PAGE:
                return pages
    raise ValueError(answer)


async def _ask(socket: _Socket, method: str, params: Mapping[str, object]) -> dict[str, Any]:
    number = str(uuid.uuid4())
    await socket.send_json({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
    while True:
        answer = json.loads(await socket.receive_str())
        if isinstance(answer, dict) and answer.get("id") == number:
            return answer
