"""Which process or container listens on a port."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_ANOTHER_USER: Final = "a process of another user"


def taken(ports: Mapping[int, str], host: str = "127.0.0.1") -> dict[int, str]:
    """The ports that cannot be listened on, each with its owner ("python3, pid 42")."""
    busy = [port for port in ports if not is_free(port, host)]
    return {port: _owner(port) for port in busy}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def is_own_address(address: str) -> bool:
    """Whether an address is one of this machine's."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def is_held_by(pid: int, port: int) -> bool:
    """Whether a process listens on a port; also where nobody may know who does."""
    try:
        process = _process(port)
    except psutil.AccessDenied:
        return True
    return process is not None and process.pid == pid


def command_of_owner(port: int) -> tuple[str, ...]:
    """The words of the command that listens on a port; none where nobody may know it."""
    try:
        process = _process(port)
        return tuple(process.cmdline()) if process is not None else ()
    except psutil.Error:
        return ()


def _owner(port: int) -> str:
    try:
        process = _process(port)
        return f"{process.name()}, pid {process.pid}" if process is not None else _OF_ANOTHER_USER
    except psutil.AccessDenied:
        return "an unknown process"
    except psutil.Error:
        return _OF_ANOTHER_USER


def _process(port: int) -> psutil.Process | None:
    for connection in psutil.net_connections("tcp"):
        listening = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", None)
        if listening == port and connection.pid:
            return psutil.Process(connection.pid)
    return None
