from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.runtimes.docker.arrivals import SILENCE_S, Arrivals

ABC = ("a", "b", "c", "d", "e", "f", "g")


def begun(arrivals: Arrivals, now: float) -> tuple[str, ...]:
    services = arrivals.next(now)
    if services:
        arrivals.begin(services, now)
    return services


def test_a_second_batch_starts_beside_the_first_and_a_third_when_the_first_has_come() -> None:
    arrivals = Arrivals(list(ABC), 2)
    assert begun(arrivals, 0) == ("a", "b")
    assert begun(arrivals, 1) == ("c", "d")
    assert begun(arrivals, 2) == ()
    arrivals.see({"a", "b"}, 3)
    assert begun(arrivals, 3) == ("e", "f")
    arrivals.see({*ABC} - {"g"}, 5)
    assert begun(arrivals, 5) == ("g",)
    assert not arrivals.is_over(6)
    arrivals.see(ABC, 7)
    assert arrivals.is_over(7)
    assert arrivals.again == []


def test_who_was_connected_and_is_not_is_begun_once_more_and_only_once() -> None:
    arrivals = Arrivals(["a", "b"], 2)
    begun(arrivals, 0)
    arrivals.see({"a", "b"}, 4)
    arrivals.see({"b"}, 5)
    assert not arrivals.is_over(5)
    assert begun(arrivals, 5) == ("a",)
    arrivals.see({"a", "b"}, 9)
    assert arrivals.is_over(9)
    arrivals.see({"b"}, 10)
    assert arrivals.next(10) == ()
    assert arrivals.again == ["a"]


def test_who_does_not_come_long_after_half_of_those_begun_with_it_is_begun_once_more() -> None:
    arrivals = Arrivals(list("abcd"), 4)
    begun(arrivals, 0)
    arrivals.see({"a"}, 8)
    arrivals.see({"a"}, 30)
    assert arrivals.next(30) == ()  # one of four may just be quick
    arrivals.see({"a", "b", "c"}, 31)
    arrivals.see({"a", "b", "c"}, 45)
    assert arrivals.next(45) == ()
    arrivals.see({"a", "b", "c"}, 53)
    assert begun(arrivals, 53) == ("d",)


def test_who_comes_back_by_itself_is_left_alone() -> None:
    arrivals = Arrivals(["a"], 4)
    begun(arrivals, 0)
    arrivals.see({"a"}, 4)
    arrivals.see(set(), 5)
    arrivals.see({"a"}, 6)
    assert arrivals.next(6) == ()
    assert arrivals.is_over(6)


def test_edges_that_never_come_are_waited_for_until_none_has_come_for_long() -> None:
    arrivals = Arrivals(["a", "b", "c"], 1)
    assert begun(arrivals, 0) == ("a",)
    assert begun(arrivals, 1) == ("b",)
    assert begun(arrivals, 30) == ()
    assert begun(arrivals, 41) == ("c",)  # those before are in nobody's way any more
    assert not arrivals.is_over(41 + SILENCE_S)
    assert arrivals.is_over(42 + SILENCE_S)


@given(st.lists(st.sets(st.sampled_from(ABC)), max_size=60), st.integers(1, 4))
def test_whatever_happens_everybody_is_begun_nobody_more_than_twice_and_it_ends(
    looks: list[set[str]], batch: int
) -> None:
    arrivals = Arrivals(list(ABC), batch)
    times = dict.fromkeys(ABC, 0)
    now = 0.0
    for connected in [*looks, *([set()] * 400)]:
        for service in begun(arrivals, now):
            times[service] += 1
        now += 1
        arrivals.see({service for service in connected if times[service]}, now)
        if arrivals.is_over(now):
            break
    assert arrivals.is_over(now)
    assert set(times.values()) <= {1, 2}
    assert sorted(arrivals.again) == sorted(service for service, count in times.items() if count == 2)


@pytest.mark.parametrize(("since", "room"), [(39.9, False), (40.0, True)])
def test_edges_that_are_slow_leave_room_for_others_after_40_seconds_whenever_the_clock_began(
    since: float,
    room: bool,  # noqa: FBT001
) -> None:
    arrivals = Arrivals(list("abcd"), 1)
    begun(arrivals, 1000)
    begun(arrivals, 1001)
    assert (arrivals.next(1000 + since) != ()) is room


@pytest.mark.parametrize(
    ("came", "seconds", "overdue"),
    [
        ("ab", 17.0, False),  # 5 s, and half of the 8 s that the others took, after the last of them
        ("ab", 17.1, True),
        ("a", 900.0, False),
    ],
)
def test_half_of_those_begun_together_are_enough_to_call_the_others_overdue(
    came: str,
    seconds: float,
    overdue: bool,  # noqa: FBT001
) -> None:
    arrivals = Arrivals(list("abcd"), 4)
    begun(arrivals, 1000)
    arrivals.see(set(came), 1008)
    arrivals.see(set(came), 1000 + seconds)
    assert (arrivals.next(1000 + seconds) == ("c", "d")) is overdue


def test_one_of_three_that_came_does_not_make_the_others_overdue() -> None:
    arrivals = Arrivals(["a", "b", "c"], 3)
    begun(arrivals, 0)
    arrivals.see({"a"}, 1)
    arrivals.see({"a"}, 100)
    assert arrivals.next(100) == ()
