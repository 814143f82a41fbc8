"""What the two programs of a backend have in common: how they are started, take a port, and end."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from edge_tasks import ahead
from edge_tasks.backend.config_file import BadConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_C = TypeVar("_C")
_T = TypeVar("_T")
_BAD_CONFIG: Final = 2
_PORT_TAKEN: Final = 3


class PortTakenError(Exception):
    """A port cannot be opened; the text says which and why."""


def run(
    name: str,
    arguments: Sequence[str],
    read: Callable[[Path], _C],
    work: Callable[[_C, asyncio.Event], Awaitable[None]],
) -> int:
    """Run a program until SIGTERM or SIGINT.

    Args:
        name: of its module.
        arguments: of the command line: the configuration file.
        read: reads that file.
        work: does the program's work until the event is set, which a signal does.

    Returns:
        The exit status: 0 after a signal, 2 for a bad configuration, 3 for a port that is taken.
    """
    if len(arguments) != 1:
        sys.stderr.write(f"usage: python -m {name} CONFIG_FILE\n")
        return _BAD_CONFIG
    if ahead.is_ahead() and not ahead.is_told():
        return 0
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("picows").setLevel(logging.WARNING)  # it has a line for each connection
    _raise_file_limit()
    try:
        asyncio.run(_until_signal(read(Path(arguments[0])), work))
    except BadConfigError as error:
        sys.stderr.write(f"{error}\n")
        return _BAD_CONFIG
    except PortTakenError as error:
        sys.stderr.write(f"{error}\n")
        return _PORT_TAKEN
    return 0


async def _until_signal(config: _C, work: Callable[[_C, asyncio.Event], Awaitable[None]]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await work(config, stopped)


async def unless(stopped: asyncio.Event, work: Awaitable[None]) -> bool:
    """Do some work unless the signal comes first; return whether it was done.

    Raises:
        Exception: what the work raises.
    """
    doing, waiting = asyncio.ensure_future(work), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    doing.cancel()
    with suppress(asyncio.CancelledError):
        await doing
    return not stopped.is_set()


def bind(host: str, port: int) -> socket.socket:
    """Take a port without listening yet, so that nobody can connect before the devices are known.

    Raises:
        PortTakenError: it is taken.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise PortTakenError(f"Port {port} on {host} cannot be opened: {error.strerror or error}") from error
    sock.settimeout(0)
    return sock


async def opened(opening: Awaitable[_T]) -> _T:
    """What opens a port.

    Raises:
        PortTakenError: it cannot be opened.
    """
    try:
        return await opening
    except OSError as error:
        raise PortTakenError(f"A port cannot be opened: {error.strerror}") from error


def _raise_file_limit() -> None:
    """One socket an edge: as many open files as the system lets this process have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
