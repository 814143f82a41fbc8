"""The engine's own API over its socket on this machine, for what is looked at again and again.

``docker ps`` and ``docker inspect`` take 45 ms of CPU together, ``docker info`` as much, ``docker image inspect``
17 ms; the same questions asked here some 2 ms each. A set-up asks a hundred of them.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_USUAL: Final = "/var/run/docker.sock"
_UNIX: Final = "unix://"
_SECONDS: Final = 120.0
"""As long as the program is waited for: a container that is being started answers only after that."""
GOOD, _GONE = 200, 404

Response = tuple[int, Any]
"""The status, and what was answered."""


def inspected(label: str) -> list[dict[str, Any]] | None:
    """All containers with a label, as ``docker inspect`` describes them; None where the program must be asked."""
    query = urlencode({"all": "1", "filters": json.dumps({"label": [label]})})

    def look(engine: HTTPConnection) -> list[dict[str, Any]]:
        status, listed = _get(engine, f"/containers/json?{query}")
        if status != GOOD:
            raise HTTPException(f"no list of containers: {status}")
        found = [_get(engine, f"/containers/{one['Id']}/json") for one in listed]
        return [entry for status, entry in found if status == GOOD]

    return _with_engine(look)


def get(path: str) -> Response | None:
    """What is answered about one thing; None where the program must be asked."""
    return _with_engine(lambda engine: _get(engine, path))


def socket_path() -> str | None:
    """The socket that the program would use, too; None if a context or an address elsewhere says where it is."""
    host = os.environ.get("DOCKER_HOST", "")
    if host:
        return host.removeprefix(_UNIX) if host.startswith(_UNIX) else None
    return None if _context() else _USUAL


class _Connection(HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(self._path)


def _with_engine(ask: Callable[[HTTPConnection], T]) -> T | None:
    """What fails here is left to the program, which says why.

    Raises:
        CommandFailed: the engine hangs.
    """
    path = socket_path()
    if path is None:
        return None
    try:
        with closing(_Connection(path)) as engine:
            return ask(engine)
    except TimeoutError:
        what = f"the Docker Engine did not answer within {_SECONDS:.0f} s"
        raise CommandFailed(what, hint="systemctl restart docker") from None
    except (OSError, HTTPException, ValueError):
        return None


def _get(engine: HTTPConnection, path: str) -> Response:
    """Its answer; one that has gone meanwhile is no failure.

    Raises:
        HTTPException: it refused.
    """
    engine.request("GET", path)
    answer = engine.getresponse()
    text = answer.read()
    if answer.status not in (GOOD, _GONE):
        raise HTTPException(f"{path}: {answer.status}")
    return answer.status, json.loads(text)


def _context() -> str:
    """The context that is in use; empty for the usual one."""
    if told := os.environ.get("DOCKER_CONTEXT", ""):
        return "" if told == "default" else told
    folder = os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker")  # noqa: PTH111 - works without a home
    try:
        found = json.loads(Path(folder, "config.json").read_bytes()).get("currentContext") or ""
    except (OSError, ValueError, AttributeError):
        return ""
    return "" if found == "default" else str(found)
