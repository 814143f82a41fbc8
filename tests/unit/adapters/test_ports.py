"""Who listens on a port, asked of real sockets."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import psutil

from edge_tasks.adapters import ports

if TYPE_CHECKING:
    import pytest


def test_a_port_is_held_by_the_process_that_listens_on_it_and_by_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert ports.is_held_by(os.getpid(), port)
        assert not ports.is_held_by(os.getpid() + 1, port)


def test_where_nobody_may_know_who_listens_it_is_believed_to_be_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert ports.is_held_by(1, 8075)
