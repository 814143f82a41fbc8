"""``python -m edge_tasks.backend CONFIG_FILE``: run the stand-in backend until SIGTERM.

Exit status: 0 after a signal, 2 for a bad configuration, 3 for a port that is taken.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from aiohttp import web

from edge_tasks.backend.config_file import BadConfigError, Config, read_config
from edge_tasks.backend.edge_socket import serve_edges
from edge_tasks.backend.felix_console import console_app
from edge_tasks.backend.rest import rest_app
from edge_tasks.backend.stand_in import LOG, Backend
from edge_tasks.timedata.embedded.libpq import hide_variables

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Sequence

_T = TypeVar("_T")
_BACKLOG = 2048
_SHUTDOWN_SECONDS = 0.2
_BAD_CONFIG = 2
_PORT_TAKEN = 3


class PortTakenError(Exception):
    """A port cannot be opened; the text says which and why."""


def main(arguments: Sequence[str]) -> int:
    """Run the backend; return its exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m edge_tasks.backend CONFIG_FILE\n")
        return _BAD_CONFIG
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("picows").setLevel(logging.WARNING)  # it has a line for each connection
    _raise_file_limit()
    hide_variables()
    try:
        asyncio.run(_run(read_config(Path(arguments[0]))))
    except BadConfigError as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_CONFIG
    except PortTakenError as error:
        sys.stderr.write(f"{error}\n")
        return _PORT_TAKEN
    return 0


def _raise_file_limit() -> None:
    """One socket an edge: as many open files as the system lets this process have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _run(config: Config) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sockets = [_bind(config.host, port) for port in (config.edge_port, config.rest_port, config.console_port)]
    LOG.info(
        "This is edge-tasks' stand-in for an OpenEMS Backend, not OpenEMS: edges %d, JSON-RPC %d, console %d",
        config.edge_port,
        config.rest_port,
        config.console_port,
    )
    backend = Backend(config)
    runners = [
        web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handler_cancellation=True)
        for app in (rest_app(backend), console_app(backend))
    ]
    try:
        if await _unless(stopped, backend.activate()):
            await _serve(backend, runners, sockets, stopped)
    finally:
        await backend.stop()
        await asyncio.gather(*(runner.cleanup() for runner in runners))
        for sock in sockets:
            sock.close()


async def _serve(
    backend: Backend, runners: list[web.AppRunner], sockets: list[socket.socket], stopped: asyncio.Event
) -> None:
    """Open the ports, the edges' first, because a client that gets an answer over REST may start edges."""
    edges = await _opened(serve_edges(backend, sockets[0]))
    for runner, sock in zip(runners, sockets[1:], strict=True):
        await runner.setup()
        await _opened(web.SockSite(runner, sock, backlog=_BACKLOG).start())
    ever = (
        *(
            backend.flush_for_ever(),
            backend.lines.ping_for_ever(backend.config.ping_seconds),
            backend.pulse_for_ever(),
        ),
        *(backend.history.live.write_for_ever(), backend.history.live.tidy_for_ever()),
    )
    work = [asyncio.ensure_future(task) for task in ever]
    await stopped.wait()
    for task in work:
        task.cancel()
    edges.close()
    for runner in runners:
        for site in list(runner.sites):
            await site.stop()


async def _opened(opening: Awaitable[_T]) -> _T:
    try:
        return await opening
    except OSError as error:
        raise PortTakenError(f"A port cannot be opened: {error.strerror}") from error


async def _unless(stopped: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Do some work unless the signal comes first; return whether it was done."""
    doing, waiting = asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    doing.cancel()
    with suppress(asyncio.CancelledError):
        await doing
    return not stopped.is_set()


def _bind(host: str, port: int) -> socket.socket:
    """Take a port without listening yet: nobody can connect before the devices are read."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise PortTakenError(f"Port {port} on {host} cannot be opened: {error.strerror or error}") from error
    sock.settimeout(0)
    return sock


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
