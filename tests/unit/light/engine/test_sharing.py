"""How batteries of a cluster share a power."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.engine.sharing import shared

FREE = [(-1000, 1000)] * 3


@pytest.mark.parametrize(
    ("power", "socs", "before", "powers"),
    [
        (0, [50, 50, 50], [0, 0, 0], [0, 0, 0]),
        (700, [50, 50, 50], [0, 0, 0], [700, 0, 0]),
        (700, [50, 50, 90], [0, 0, 0], [0, 0, 700]),
        (700, [50, 60, 50], [500, 0, 0], [700, 0, 0]),
        (700, [50, 66, 50], [500, 0, 0], [0, 700, 0]),
        (700, [50, 50, 50], [0, 500, 0], [0, 700, 0]),
        (-700, [50, 50, 20], [0, 0, 0], [0, 0, -700]),
        (-700, [50, 50, 50], [0, -500, 0], [0, -700, 0]),
        (1500, [60, 30, 10], [0, 0, 0], [1000, 500, 0]),
        (3000, [50, 50, 50], [0, 0, 0], [1000, 1000, 1000]),
        (-3000, [0, 0, 0], [0, 0, 0], [-1000, -1000, -1000]),
    ],
)
def test_as_few_as_possible_work_the_fullest_or_the_emptiest_first(
    power: int, socs: list[int], before: list[int], powers: list[int]
) -> None:
    assert shared(power, FREE, socs, before) == powers


def test_what_one_has_to_give_the_others_do_not() -> None:
    assert shared(500, [(300, 300), (-1000, 1000)], [50, 50], [0, 0]) == [300, 200]
    assert shared(0, [(300, 300), (-1000, 1000)], [50, 50], [0, 0]) == [300, -300]


batteries = st.tuples(
    st.integers(-9000, 9000), st.integers(0, 9000), st.integers(0, 100), st.integers(-9000, 9000)
)


@given(st.lists(batteries, min_size=1, max_size=5), st.floats(0, 1))
def test_powers_are_within_their_ranges_and_add_up(each: list[tuple[int, int, int, int]], part: float) -> None:
    ranges = [(low, low + width) for low, width, _, _ in each]
    low, high = (sum(one) for one in zip(*ranges, strict=True))
    power = low + round((high - low) * part)
    powers = shared(power, ranges, [soc for _, _, soc, _ in each], [before for *_, before in each])
    assert sum(powers) == power
    assert all(low <= own <= high for own, (low, high) in zip(powers, ranges, strict=True))
