"""How an edge watches over its connection. Sockets are tried in the integration tests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picows import WSMsgType

from edge_tasks.light.wire import tls, websocket
from edge_tasks.light.wire.tally import Tally

if TYPE_CHECKING:
    from pathlib import Path

EVERY_S = 10
"""How often a session watches."""
PROXY_LIMIT_S = 60


class Owner:
    def __init__(self) -> None:
        self.pongs: list[float] = []

    def heard(self, message: bytes) -> None: ...

    def ended(self, close_code: int | None) -> None: ...

    def ponged(self, seconds: float) -> None:
        self.pongs.append(seconds)


class Transport:
    """What the library would be told."""

    def __init__(self) -> None:
        self.pings = 0
        self.dropped = False

    def send_ping(self) -> None:
        self.pings += 1

    def disconnect(self, *, graceful: bool) -> None:
        self.dropped = not graceful


class Frame:
    def __init__(self, msg_type: WSMsgType) -> None:
        self.msg_type = msg_type


class Watched:
    """A connection at a time that the test sets."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        patch.setattr(time, "monotonic", lambda: self.now)
        self.owner, self.transport = Owner(), Transport()
        self.connection = websocket.Connection(self.owner, Tally())
        self.connection.on_ws_connected(cast("Any", self.transport))

    def hear(self, msg_type: WSMsgType = WSMsgType.PONG) -> None:
        self.connection.on_ws_frame(cast("Any", self.transport), cast("Any", Frame(msg_type)))


@given(heard=st.floats(0, 9.99), answers_after=st.floats(0, 5))
def test_a_proxy_with_a_limit_of_60_seconds_hears_an_idle_backend_often_enough(
    heard: float, answers_after: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        watched = Watched(patch)
        last, begin = watched.now + heard, watched.now
        watched.now = last
        watched.hear(WSMsgType.PING)
        for turn in range(1, 60):
            watched.now = begin + turn * EVERY_S
            pings = watched.transport.pings
            watched.connection.watch()
            if watched.transport.pings > pings:
                watched.now += answers_after
                assert watched.now - last < PROXY_LIMIT_S
                last = watched.now
                watched.hear()
        assert watched.transport.pings >= 9
        assert watched.owner.pongs == pytest.approx([answers_after] * watched.transport.pings)


def test_a_backend_that_answers_nothing_is_dropped_and_has_been_dead_since_it_was_heard_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched(monkeypatch)
    watched.now += 74
    watched.connection.watch()
    assert (watched.transport.dropped, watched.connection.dead_for) == (False, 0.0)
    watched.now += 2
    watched.connection.watch()
    assert (watched.transport.dropped, watched.connection.dead_for) == (True, 76.0)


def test_a_pong_that_nobody_asked_for_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch)
    watched.hear()
    assert watched.owner.pongs == []


def test_all_connections_share_one_context_that_checks_certificates_and_names(tmp_path: Path) -> None:
    context = tls.trust(None)
    assert context is tls.trust(None)
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    with pytest.raises(OSError, match="No such file"):
        tls.trust(tmp_path / "none.pem")
