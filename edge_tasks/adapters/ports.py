"""Which process or container listens on a port."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _owner(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return "an unknown process"
    for connection in connections:
        listening = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", None)
        if listening == port and connection.pid:
            try:
                return f"{psutil.Process(connection.pid).name()}, pid {connection.pid}"
            except psutil.Error:
                break
    return "a process of another user"
