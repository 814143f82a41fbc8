from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.openems.sources import NEVER, Datasource, Held

VALUES = st.lists(st.integers(-5000, 5000), min_size=2, max_size=6).map(tuple)
BEGAN = st.integers(0, 10**12)


@pytest.mark.parametrize(("values", "power"), [((), 0), ((7,), 7), ((7, 8), 7)])
def test_a_series_without_steps_is_its_first_power_for_ever(values: tuple[int, ...], power: int) -> None:
    source = Datasource(values, 0).since(1000)
    assert (source.at(0), source.at(10**12)) == (power, power)
    assert source.until(0) == NEVER


@pytest.mark.parametrize("step", [1, 1000])
def test_a_series_of_one_power_never_changes(step: int) -> None:
    source = Datasource((7,), step).since(1000)
    assert (source.at(0), source.until(0)) == (7, NEVER)
    assert Datasource((), step).since(0).at(5) == 0


@given(VALUES, st.integers(1, 10_000), BEGAN, st.integers(-100_000, 100_000))
def test_a_series_goes_on_from_where_it_began_and_starts_again_at_its_end(
    values: tuple[int, ...], step: int, began: int, after: int
) -> None:
    source = Datasource(values, step).since(began)
    assert source.at(began + after) == values[after // step % len(values)]
    assert source.at(began + after + step * len(values)) == source.at(began + after)


@given(VALUES, st.integers(1, 10_000), BEGAN, st.integers(-100_000, 100_000))
def test_the_next_step_of_a_series_is_the_first_moment_at_which_it_may_differ(
    values: tuple[int, ...], step: int, began: int, after: int
) -> None:
    source, now = Datasource(values, step).since(began), began + after
    until = source.until(now)
    assert 0 < until - now <= step
    assert (until - began) % step == 0
    assert source.at(until - 1) == source.at(now)


@given(VALUES, st.integers(1, 10_000), BEGAN, st.integers(0, 100_000))
def test_a_power_that_somebody_wrote_holds_until_its_end(
    values: tuple[int, ...], step: int, began: int, seconds: int
) -> None:
    source = Datasource(values, step).since(began)
    end = began + seconds + 1
    held = Held(source, 9999, end)
    assert (held.at(end - 1), held.until(end - 1)) == (9999, end)
    assert (held.at(end), held.until(end)) == (source.at(end), source.until(end))
