"""Ports for servers of tests and benchmarks."""

from __future__ import annotations

import os
import socket
from typing import Final

_GIVEN: Final[set[int]] = set()


def free_port() -> int:
    """A port of this machine on which nobody listens now, and another one each time."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


def free_offset(lowest: int, count: int) -> int:
    """A port offset, in hundreds from the lowest one on, with which the ports of a fleet are free.

    Processes that test at the same time begin at different ones.
    """
    start = 100 * (os.getpid() % 80)
    for offset in (lowest + (start + step) % count for step in range(0, count, 100)):
        try:
            for port in (8075, 8079, 8081, 15432):
                socket.create_server(("127.0.0.1", port + offset)).close()
        except OSError:
            continue
        return offset
    raise AssertionError("no free ports")
