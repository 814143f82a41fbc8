"""What a container on a node runs: it gives an image to the engine of its node, if that lacks it.

The container has only an image with Python and is given this text, so it imports nothing of ours. If it fails,
its last line says why.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pathlib
import socket
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENGINE_S = 900.0
"""So long an engine may unpack."""
_STALLED_S = 120.0
_FOUND_S = 60.0
"""A task that has just begun may not know the manager's address for some seconds."""
_BLOCK = 1 << 20
_GOOD, _MISSING = 200, 404


class NotGivenError(Exception):
    """Why the node has not got the image."""


class _Engine(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_ENGINE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_ENGINE_S)
        self.sock.connect(self._path)


def main() -> str:
    """Why the node has not got the image; empty if it has it."""
    engine, image = os.environ["ENGINE"], os.environ["IMAGE"]
    try:
        if not _has(engine, image):
            token = pathlib.Path(os.environ["TOKEN_FILE"]).read_text(encoding="ascii").strip()
            with _served(os.environ["SERVER"], token) as served:
                _load(engine, served)
            if not _has(engine, image):
                return "its engine keeps the image by another id than the manager's does"
    except NotGivenError as error:
        return str(error)
    except (OSError, http.client.HTTPException) as error:
        return f"its engine does not answer at {engine}: {error}"
    return ""


def _has(path: str, image: str) -> bool:
    with contextlib.closing(_Engine(path)) as engine:
        engine.request("GET", f"/images/{image}/json")
        answer = engine.getresponse()
        said = answer.read().decode(errors="replace")
    if answer.status not in (_GOOD, _MISSING):
        raise NotGivenError(f"its engine says: {_refusal(answer.status, said)}")
    return answer.status == _GOOD


def _served(server: str, token: str) -> http.client.HTTPResponse:
    """The manager's answer, of which nothing but the head has been read."""
    deadline = time.monotonic() + _FOUND_S
    while True:
        manager = http.client.HTTPConnection(server, timeout=_STALLED_S)
        try:
            manager.request("GET", "/", headers={"Authorization": f"Bearer {token}"})
            answer = manager.getresponse()
            break
        except OSError as error:
            if time.monotonic() > deadline:
                raise NotGivenError(f"it does not reach the manager: {error}") from error
            time.sleep(1)
    if answer.status != _GOOD:
        raise NotGivenError(f"the manager answered {answer.status}")
    return answer


def _load(path: str, image: http.client.HTTPResponse) -> None:
    size = int(image.headers["Content-Length"])
    how = {"Content-Type": "application/x-tar", "Content-Length": str(size)}
    with contextlib.closing(_Engine(path)) as engine:
        # One that has answered before it had all of it says why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            engine.request("POST", "/images/load?quiet=1", _blocks(image, size), how)
        answer = engine.getresponse()
        said = answer.read().decode(errors="replace")
    if why := _refusal(answer.status, said):
        raise NotGivenError(f"its engine does not take the image: {why}")


def _blocks(image: http.client.HTTPResponse, size: int) -> Iterator[bytes]:
    """All of it, a little at a time: an image may be larger than the memory."""
    left = size
    while left:
        try:
            block = image.read(min(left, _BLOCK))
        except (OSError, http.client.HTTPException) as error:
            raise NotGivenError(f"the manager stopped sending the image: {error}") from error
        if not block:
            raise NotGivenError(f"the manager stopped {left} bytes before the end of the image")
        left -= len(block)
        yield block


def _refusal(status: int, said: str) -> str:
    """What an engine says is wrong, also after it has begun with "good"; empty if nothing is."""
    for line in said.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and (why := found.get("error") or (status != _GOOD and found.get("message"))):
            return str(why).strip()
    return "" if status == _GOOD else f"status {status}"


if __name__ == "__main__":
    if reason := main():
        print(reason, flush=True)  # noqa: T201 - the task's log
        sys.exit(1)
