from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.proof.availability import (
    Event,
    Span,
    Uptime,
    connected_over_time,
    percentile,
    uptimes,
)

UP = ((0.0, "connecting"), (0.5, "open"), (1.0, "answered", 0.5), (1.0, "connected"))


def edge(*events: tuple[Any, ...], end: float = 10.0) -> Uptime:
    [found] = uptimes([Event(at, "edge0", *rest) for at, *rest in events], ["edge0"], end)
    return found


def test_an_edge_is_connected_from_the_upgrade_of_an_accepted_connection_to_its_end() -> None:
    found = edge(*UP, (8.0, "ended"), (8.0, "waiting", "cut"))
    assert found.connections == (Span(0.5, 8.0),)
    assert (found.availability, found.longest_gap, found.reconnects) == (7.5 / 9.5, Span(8.0, 10.0), ())
    assert (found.is_connected, found.refused, found.why) == (False, False, "cut")


def test_an_edge_that_connects_at_once_and_stays_is_always_connected() -> None:
    found = edge(*UP)
    assert (found.time, found.availability) == (Span(0.5, 10.0), 1.0)
    for failure in ("waiting", "refused"):
        late = edge((0.0, "connecting"), (0.5, failure, "no"), *((at + 5, *rest) for at, *rest in UP))
        assert (late.time, late.availability) == (Span(0.0, 10.0), 0.45)


def test_a_connection_lasts_until_the_end_and_what_follows_does_not_count() -> None:
    found = edge(*UP, (10.5, "ended"), (10.5, "waiting", "left"))
    assert (found.connections, found.is_connected, found.why) == ((Span(0.5, 10.0),), True, "")


def test_a_connection_that_the_backend_has_not_shown_to_accept_does_not_count() -> None:
    assert edge((0.0, "connecting"), (9.9, "open")).connections == ()
    assert edge((0.0, "connecting"), (5.0, "open"), (5.5, "connected")).connections == (Span(5.0, 10.0),)


def test_a_reconnect_lasts_from_the_end_of_a_connection_to_the_next_upgrade() -> None:
    again = (
        (3.0, "connecting"),
        (3.5, "waiting", "no"),
        (6.0, "connecting"),
        (6.5, "open"),
        (6.6, "answered", 0.1),
    )
    found = edge(*UP, (2.0, "ended"), (2.0, "waiting", "cut"), *again)
    assert found.reconnects == (4.5,)
    assert found.longest_gap == Span(2.0, 6.5)
    assert found.answers == (0.5, 0.1)


def test_an_apikey_is_refused_if_the_backend_drops_the_first_connection_or_refuses_the_upgrade() -> None:
    for refused in (
        ((0.0, "connecting"), (0.5, "open"), (0.6, "ended"), (0.6, "refused", "dropped")),
        ((0.0, "connecting"), (0.6, "refused", "HTTP 401")),
    ):
        found = edge(*refused)
        assert (found.refused, found.availability, found.longest_gap) == (True, 0.0, Span(0.0, 10.0))
        assert found.why == str(refused[-1][-1])


def test_a_cut_soon_after_an_answer_is_no_refusal_and_neither_is_one_drop_of_a_known_apikey() -> None:
    cut = edge(*UP, (1.2, "ended"), (1.2, "refused", "dropped"))
    assert not cut.refused
    drop = ((3.0, "connecting"), (3.1, "open"), (3.2, "ended"), (3.2, "refused", "dropped"))
    assert not edge(*UP, (2.0, "ended"), (2.0, "waiting", "cut"), *drop).refused
    twice = tuple((at + 2, *rest) for at, *rest in drop)
    assert edge(*UP, (2.0, "ended"), (2.0, "waiting", "cut"), *drop, *twice).refused
    denied = (
        (3.0, "connecting"),
        (3.2, "refused", "HTTP 401"),
        (5.0, "connecting"),
        (5.2, "refused", "HTTP 401"),
    )
    assert edge(*UP, (2.0, "ended"), (2.0, "waiting", "cut"), *denied).refused


def test_an_edge_without_a_turn_has_no_time_and_no_availability() -> None:
    found = edge()
    assert (found.time, found.availability, found.longest_gap) == (None, 0.0, None)


def test_pings_are_kept_apart_and_other_edges_are_none_of_ours() -> None:
    events = [Event(1.0, "edge0", "ping", 0.25), Event(1.0, "edge7", "connecting")]
    [found] = uptimes(events, ["edge0"], 5.0)
    assert (found.pings, found.answers) == ((0.25,), ())


@given(st.lists(st.tuples(st.floats(0.001, 5), st.floats(0.001, 5)), min_size=1, max_size=10), st.floats(0, 3))
def test_what_is_connected_and_what_is_not_make_up_all_of_the_time(
    turns: list[tuple[float, float]], rest: float
) -> None:
    now, events = 0.0, []
    for away, here in turns:
        events += [(now, "connecting"), (now + away, "open"), (now + away, "answered", 0.0)]
        now += away + here
        events += [(now, "ended"), (now, "waiting", "cut")]
    found = edge(*events, end=now + rest)
    gaps = [away for away, _ in turns[1:]]
    assert found.time == Span(turns[0][0], now + rest)
    assert found.connected_s == pytest.approx(found.time.seconds - sum(gaps) - rest)
    assert found.reconnects == pytest.approx(gaps)
    assert found.longest_gap is not None
    assert found.longest_gap.seconds == pytest.approx(max(*gaps, rest, 0.0))


@given(st.lists(st.floats(0, 100), min_size=1), st.sampled_from([1, 50, 95, 99, 100]))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values: list[float], percent: int) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= len(ordered) * percent / 100
    assert sum(value < found for value in ordered) < len(ordered) * percent / 100


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 50) is None


def test_the_number_of_connected_edges_changes_when_one_comes_or_goes() -> None:
    one = Uptime("edge0", Span(0, 9), (Span(1, 3), Span(4, 9)))
    other = Uptime("edge1", Span(0, 9), (Span(1, 9),))
    assert connected_over_time([one, other], 100) == ((1, 2), (3, 1), (4, 2), (9, 0))


def test_a_long_run_has_few_points_and_none_of_them_hides_a_fall() -> None:
    spans = tuple(Span(at, at + 0.5) for at in range(1000))
    points = connected_over_time([Uptime("edge0", Span(0, 1000), spans)], 100)
    assert len(points) == 100
    assert {count for _, count in points} == {0}
