from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.history import sources
from edge_tasks.openems.load_curve import Profile
from edge_tasks.openems.sources import Constant, Datasource, Held, Source
from tests.unit.history.shapes import CONTENTS, SHAPES, SPANS

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve_terms import Kind

DAY = 86_400_000
shares = st.floats(0, 1, width=16)
pairs = st.tuples(shares, shares).map(sorted)
levels = st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(lambda found: sum(found[1:]) > 0)
common = {"scale": pairs, "shift_min": st.integers(0, 720), "noise": shares}
consumption = st.fixed_dictionaries({"day": levels}, optional={"weekend": levels, **common})
production = st.fixed_dictionaries(
    {"sun": st.just({"rise": "05:45", "set": "21:10"})}, optional={"clouds": pairs, **common}
)
contents = st.fixed_dictionaries(
    {"step_s": st.sampled_from([60, 300, 900]), "consumption": consumption, "production": production},
    optional={"utc_offset_min": st.integers(-720, 840)},
)


@st.composite
def curves(draw: st.DrawFn) -> Source:
    kind: Kind = draw(st.sampled_from(["consumption", "production"]))
    value = draw(st.integers(0, 50_000) | st.integers(0, 1 << 31))
    found = Profile.of(draw(contents | CONTENTS)).source(kind, value, draw(st.text(max_size=8)) + "/meter1")
    assert found is not None
    return found


@st.composite
def any_source(draw: st.DrawFn) -> Source:
    series = st.lists(st.integers(-9000, 9000), min_size=1, max_size=5)
    datasource = st.builds(Datasource, series.map(tuple), st.integers(900, 100_000))
    own = draw(
        st.one_of(
            curves(), datasource.map(lambda found: found.since(1_000)), st.builds(Constant, st.integers(0, 9))
        )
    )
    return Held(own, 4_000, draw(st.integers(0, 20_000 * DAY))) if draw(st.booleans()) else own


@given(source=any_source(), moments=st.lists(st.integers(0, 25_000 * DAY), min_size=1))
def test_the_powers_at_many_moments_are_those_at_each(source: Source, moments: list[int]) -> None:
    moments.sort()
    assert sources.powers(source, np.array(moments, np.int64)).tolist() == [source.at(one) for one in moments]


@given(
    some=st.lists(any_source(), max_size=3), begin=st.integers(0, 25_000 * DAY), length=st.integers(0, DAY // 8)
)
def test_turns_are_all_moments_at_which_a_source_may_change(some: list[Source], begin: int, length: int) -> None:
    expected = {begin}
    for source in some:
        moment = source.until(begin)
        while moment <= begin + length:
            expected.add(moment)
            moment = source.until(moment)
    assert sources.turns(some, begin, begin + length).tolist() == sorted(expected)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("name", SHAPES)
def test_days_on_which_clocks_and_years_change_have_the_powers_of_each_moment(name: str, span: str) -> None:
    profile = Profile.of(SHAPES[name])
    kinds: tuple[Kind, ...] = ("consumption", "production")
    for kind in kinds:
        source = profile.source(kind, 2345, "seed/edge1/meter1")
        moments = np.arange(SPANS[span], SPANS[span] + 3 * DAY, 433_000)
        if source:
            assert sources.powers(source, moments).tolist() == [source.at(one) for one in moments.tolist()]


def test_no_moments_have_no_powers() -> None:
    source = Profile.of(SHAPES["berlin"]).source("production", 2345, "seed/edge1/meter1")
    assert source is not None
    assert sources.powers(source, np.empty(0, np.int64)).tolist() == []


def test_a_source_with_more_power_than_64_bits_hold_is_exact() -> None:
    content: dict[str, Any] = {"consumption": {"day": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "noise": 1}}
    source = Profile.of(content).source("consumption", (1 << 31) - 1, "a/b/c")
    assert source is not None
    moments = np.arange(20_000 * DAY, 20_001 * DAY, 300_000)
    found = sources.powers(source, moments)
    assert found.tolist() == [source.at(one) for one in moments.tolist()]
    assert max(found.tolist()) > 1 << 33


@pytest.mark.parametrize(
    ("source", "expected"), [(Constant(5), 1 << 62), (Datasource((1, 2), 7000).since(3), 7000)]
)
def test_the_step_of_a_source_is_the_time_between_two_changes(source: Source, expected: int) -> None:
    assert sources.step(source, 20_000 * DAY) == expected
