"""Batteries that nothing gives a power; what a real edge has them do is compared in ``test_told.py``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.engine.free_batteries import Led, settled

WATTS = st.integers(-5_000, 5_000)
RANGES = st.tuples(WATTS, WATTS).map(lambda pair: (min(pair), max(pair)))


@st.composite
def some_led(draw: st.DrawFn) -> list[Led]:
    """Batteries alone and clusters of two; what a cluster may have together is within what its batteries may."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        each = draw(st.lists(RANGES, min_size=1, max_size=2))
        low, high = sum(least for least, _ in each), sum(most for _, most in each)
        first, second = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
        found.append(Led((low, high) if draw(st.booleans()) else (first, second), each))
    return found


@given(some_led())
def test_all_of_them_come_as_near_to_nothing_as_they_can_or_stand_still(led: list[Led]) -> None:
    powers = settled(led)
    low, high = sum(one.together[0] for one in led), sum(one.together[1] for one in led)
    if any(powers):
        assert all(one.together[0] <= power <= one.together[1] for one, power in zip(led, powers, strict=True))
        assert sum(powers) == max(low, min(0, high))


@given(st.lists(RANGES.map(lambda one: (min(one[0], 0), max(one[1], 0))), min_size=1, max_size=4))
def test_without_a_demand_all_stand_still(ranges: list[tuple[int, int]]) -> None:
    assert settled([Led(one, (one,)) for one in ranges]) == [0] * len(ranges)


@given(RANGES)
def test_a_battery_alone_gives_the_least_that_is_allowed(own: tuple[int, int]) -> None:
    assert settled([Led(own, (own,))]) == [max(own[0], min(0, own[1]))]
