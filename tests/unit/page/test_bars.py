"""A bar chart as SVG."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.page.bars import axis_of, bars, every

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
VALUES = st.lists(st.none() | st.integers(-(10**12), 10**12), max_size=40)


def entries(svg: str) -> list[ET.Element]:
    """The elements that a screen reader reads out."""
    return [found for found in ET.fromstring(svg).iter("g") if found.get("role") == "listitem"]  # noqa: S314 - ours


def shape(entry: ET.Element) -> ET.Element:
    return next(entry.iter("rect"))


@given(VALUES)
def test_each_value_is_one_entry_and_only_what_was_not_read_is_a_gap(values: list[int | None]) -> None:
    labels = [f"day {at}" for at in range(len(values))]
    found = entries(bars(values, labels, "Wh"))
    assert len(found) == len(values)
    for entry, value, label in zip(found, values, labels, strict=True):
        told = "no reading" if value is None else f"{value:,} Wh"
        assert entry.get("aria-label") == f"{label}: {told}"
        assert shape(entry).get("class") == ("gap" if value is None else "bar")


@given(VALUES)
def test_the_axis_has_room_for_each_value_and_for_zero_in_a_few_round_ticks(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    axis = axis_of(known)
    assert axis.lowest <= min([0, *known]) <= max([0, *known]) <= axis.highest
    assert 0 in axis.ticks
    assert 2 <= len(axis.ticks) <= 7
    assert str(axis.step).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=31))
def test_of_two_bars_the_larger_value_is_the_higher_one(values: list[int]) -> None:
    found = entries(bars(values, [""] * len(values), "Wh"))
    heights = [float(shape(entry).get("height", "")) for entry in found]
    for (lower, height), (higher, other) in pairwise(sorted(zip(values, heights, strict=True))):
        assert height <= other or lower == higher


def test_a_value_below_zero_hangs_from_the_line_of_zero() -> None:
    up, down = (shape(entry) for entry in entries(bars([100, -100], ["a", "b"], "Wh")))
    zero = axis_of([100, -100]).pixels(0)
    assert float(up.get("y", "")) + float(up.get("height", "")) == pytest.approx(zero, abs=0.1)
    assert float(down.get("y", "")) == pytest.approx(zero, abs=0.1)


def test_zero_is_a_line_and_a_gap_is_as_high_as_the_chart() -> None:
    zero, gap = (float(shape(entry).get("height", "")) for entry in entries(bars([0, None], ["a", "b"], "Wh")))
    assert zero == 1
    assert gap > 150


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([500], ["0 Wh", "200 Wh", "400 Wh", "600 Wh"]),
        ([400_000], ["0 kWh", "100 kWh", "200 kWh", "300 kWh", "400 kWh"]),
        ([30_000_000, None], ["0 MWh", "10 MWh", "20 MWh", "30 MWh"]),
        ([None], ["0 Wh", "1 Wh"]),
        ([], ["0 Wh", "1 Wh"]),
    ],
)
def test_ticks_are_in_a_unit_that_can_be_read(values: list[int | None], texts: list[str]) -> None:
    chart = ET.fromstring(bars(values, ["x"] * len(values), "Wh"))  # noqa: S314 - ours
    assert [found.text for found in chart[0].iter("text")] == texts


def test_what_a_label_holds_is_text_and_no_markup() -> None:
    (entry,) = entries(bars([1], ['<b>"&'], "<Wh>"))
    assert entry.get("aria-label") == '<b>"&: 1 <Wh>'


@pytest.mark.parametrize(
    ("labels", "step"),
    [
        (MONTHS, 1),
        ([str(day) for day in range(1, 32)], 3),
        ([f"2026-{month:02}" for month in range(1, 13)], 3),
        ([], 1),
    ],
)
def test_labels_that_would_meet_on_a_phone_are_left_out(labels: list[str], step: int) -> None:
    assert every(labels) == step


def test_a_value_without_a_label_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        bars([1, 2], ["one"], "Wh")
