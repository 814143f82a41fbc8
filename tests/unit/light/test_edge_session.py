from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.edge_session import EdgeSession
from edge_tasks.light.wire.model import model_of
from edge_tasks.light.wire.tally import Tally
from edge_tasks.light.wire.window import LENGTH, sent_after
from edge_tasks.openems.release import release_of

if TYPE_CHECKING:
    from edge_tasks.light.wire.websocket import Connection
    from edge_tasks.openems.configuration import Configuration

BEGAN = 1_795_471_800_000
"""A full five minutes."""


class Sent:
    """A connection that keeps what is sent, with the time of the cycle."""

    is_full = False

    def __init__(self) -> None:
        self.now = BEGAN
        self.messages: list[tuple[int, dict[str, Any]]] = []

    def send(self, message: bytes) -> None:
        self.messages.append((self.now, json.loads(message)))

    def watch(self) -> None:
        """Nobody is at the other end."""

    def windows(self) -> list[tuple[int, int]]:
        """Start of each window, and when it was sent, both in seconds after the beginning."""
        return [
            ((int(start) - BEGAN) // 1000, (now - BEGAN) // 1000)
            for now, message in self.messages
            if message["method"] == "aggregatedData"
            for start in message["params"]
        ]


def session_of(stock: Configuration, sent: Sent, windows_after: int) -> EdgeSession:
    model = model_of(stock)
    simulation = Simulation(model.plant, BEGAN)
    session = EdgeSession(cast("Connection", sent), Tally(), model, simulation, BEGAN)
    session.windows_after = windows_after
    return session


def lived(session: EdgeSession, sent: Sent, *seconds: int) -> None:
    for second in seconds:
        sent.now = BEGAN + 1000 * second
        session.cycle(sent.now)


@pytest.mark.parametrize(
    ("after_s", "windows"), [(0, [(0, 300), (300, 600)]), (1, [(0, 301), (300, 601)]), (269, [(0, 569)])]
)
def test_five_minutes_are_sent_so_long_after_their_end(
    stock: Configuration, after_s: int, windows: list[tuple[int, int]]
) -> None:
    sent = Sent()
    lived(session_of(stock, sent, after_s * 1000), sent, *range(700))
    assert sent.windows() == windows


def test_what_is_sent_later_is_what_would_have_been_sent_at_once(stock: Configuration) -> None:
    at_once, later = Sent(), Sent()
    lived(session_of(stock, at_once, 0), at_once, *range(0, 600, 7))
    lived(session_of(stock, later, 200_000), later, *range(0, 600, 7))
    first, second = (
        [message for _, message in sent.messages if message["method"] == "aggregatedData"]
        for sent in (at_once, later)
    )
    assert first == second


def test_five_minutes_that_wait_survive_a_change_of_the_edge(stock: Configuration) -> None:
    sent = Sent()
    session = session_of(stock, sent, 100_000)
    lived(session, sent, 299, 301)
    model = model_of(stock)
    session.become(model, Simulation(model.plant, sent.now), sent.now)
    lived(session, sent, 401)
    assert sent.windows() == [(0, 401)]


def test_a_host_that_slept_still_sends_all_that_it_knows(stock: Configuration) -> None:
    sent = Sent()
    lived(session_of(stock, sent, 100_000), sent, 299, 301, 1000)
    assert sent.windows() == [(0, 1000), (300, 1000)]


@given(life=st.integers(0, 2**32), number=st.integers(0, 10_000))
def test_an_edge_draws_whole_seconds_that_stay_within_those_of_its_release(life: int, number: int) -> None:
    drawn = sent_after(f"edge{number}", life, 270)
    assert drawn == sent_after(f"edge{number}", life, 270)
    assert drawn % 1000 == 0
    assert 0 <= drawn < 270_000 < LENGTH


def test_edges_are_spread_over_all_of_these_seconds() -> None:
    drawn = {sent_after(f"edge{number}", 1, 270) // 1000 for number in range(5000)}
    assert drawn == set(range(270))
    assert {sent_after(f"edge{number}", 1, 0) for number in range(50)} == {0}


@pytest.mark.parametrize(
    ("version", "within_s"), [("2024.7.0", 0), ("2024.11.0", 0), ("2024.12.0", 270), ("2026.4.0", 270)]
)
def test_edges_wait_from_2024_12_on(version: str, within_s: int) -> None:
    assert release_of(version).aggregated_after_s == within_s


def test_five_minutes_that_wait_when_the_connection_ends_are_kept_for_the_next_one(stock: Configuration) -> None:
    at_once, cut, later = Sent(), Sent(), Sent()
    lived(session_of(stock, at_once, 0), at_once, 299, 301)
    session = session_of(stock, cut, 100_000)
    lived(session, cut, 299)
    assert session.unsent() == ()
    lived(session, cut, 301)
    following = session_of(stock, later, 100_000)
    following.resend(iter(session.unsent()), BEGAN + 310_000)
    lived(following, later, 311, 312)
    [sent] = [message["params"] for _, message in at_once.messages if message["method"] == "aggregatedData"]
    assert [message["params"] for _, message in later.messages if message["method"] == "resendData"] == [sent]
