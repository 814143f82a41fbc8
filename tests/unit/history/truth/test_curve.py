"""What is reckoned of a curve a second time is what light edges show."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.history.truth.curve import Curve
from edge_tasks.history.truth.levels import Levels
from edge_tasks.openems.load_curve import Profile
from tests.unit.history.shapes import CONTENTS, DAY, SHAPES, SPANS

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve_terms import Kind

KINDS: tuple[Kind, ...] = ("consumption", "production")
EACH = [(name, kind) for name, kind in product(SHAPES, KINDS) if kind in SHAPES[name]]


def is_same(content: dict[str, Any], kind: Kind, key: str, span: tuple[int, int], *, every: int = 1) -> None:
    """Whether the powers of steps between epoch ms are those of the source."""
    source = Profile.of(content).source(kind, 3210, key)
    assert source is not None
    curve = Curve(content, kind, 3210, key, Levels(content, kind))
    first, last = ((one + curve.ahead) // curve.step for one in span)
    steps = np.arange(first, last, every)
    moments = (steps * curve.step - curve.ahead).tolist()
    assert curve.powers(steps).tolist() == [source.at(one) for one in moments]
    assert source.until(moments[0]) == moments[0] + curve.step
    assert source.at(moments[-1] + curve.step - 1) == source.at(moments[-1])


@pytest.mark.parametrize(("name", "kind"), EACH)
@pytest.mark.parametrize("span", SPANS)
def test_days_on_which_clocks_and_years_change_have_the_same_powers(span: str, name: str, kind: Kind) -> None:
    is_same(SHAPES[name], kind, "seed/edge7/meter1", (SPANS[span], SPANS[span] + 3 * DAY))


@pytest.mark.parametrize(("name", "kind"), EACH)
def test_three_years_have_the_same_powers(name: str, kind: Kind) -> None:
    begin = 19_900 * DAY
    is_same(SHAPES[name], kind, "seed/edge7/meter2", (begin, begin + 1100 * DAY), every=37)


@settings(deadline=None, max_examples=60)
@given(content=CONTENTS, kind=st.sampled_from(KINDS), begin=st.integers(10_000, 30_000), edge=st.integers(0, 99))
def test_any_profile_has_the_same_powers(content: dict[str, Any], kind: Kind, begin: int, edge: int) -> None:
    is_same(content, kind, f"seed/edge{edge}/meter1", (begin * DAY, (begin + 2) * DAY), every=7)


def test_edges_that_are_a_day_apart_share_their_levels() -> None:
    content = SHAPES["berlin"]
    levels, begin = Levels(content, "consumption"), SPANS["new year"]
    for place in (3, 0, 60, 1):
        source = Profile.of(content).source("consumption", 500, f"seed/edge{place}/meter1")
        curve = Curve(content, "consumption", 500, f"seed/edge{place}/meter1", levels)
        steps = np.arange(288) + (begin + place * DAY + curve.ahead) // curve.step
        assert source is not None
        assert curve.powers(steps).tolist() == [
            source.at(one) for one in (steps * curve.step - curve.ahead).tolist()
        ]
