"""Ports for servers of tests and benchmarks."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
