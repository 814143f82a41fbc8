"""A bar chart as inline SVG: energies of days or months, with gaps that can be seen. No I/O.

The chart is as wide as its place, and its texts keep their size. Colours and the room for the axis come from
``static/bars.css``. For a screen reader it is a list with one entry for each bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEIGHT: Final = 220
_TOP, _BOTTOM = 12, 24
"""Pixels around the bars: a tick's half height, the labels. The stylesheet leaves room for the axis."""
_TICKS: Final = 4
_MOST_LABELS: Final = 12
_SHORT: Final = 3
"""A label with no more letters than this has room on a phone, even beside the most labels."""
_SHARE: Final = 0.72
"""The share of its place's width that a bar takes."""
_SCALES: Final = ((10_000_000, 1_000_000, "M"), (10_000, 1000, "k"))


@dataclass(frozen=True)
class Axis:
    """The values that a chart shows.

    Attributes:
        step: from one tick to the next.
        lowest: the first tick, 0 or less.
        highest: the last tick, above the first.
    """

    step: int
    lowest: int
    highest: int

    @property
    def ticks(self) -> range:
        """All ticks."""
        return range(self.lowest, self.highest + 1, self.step)

    def pixels(self, value: int) -> float:
        """How far below the top of the chart a value is."""
        share = (self.highest - value) / (self.highest - self.lowest)
        return _TOP + share * (_HEIGHT - _TOP - _BOTTOM)


def bars(values: Sequence[int | None], labels: Sequence[str], unit: str) -> str:
    """An ``<svg>`` with one bar for each value.

    Args:
        values: None where there is no reading, which is shown as a gap and not as zero.
        labels: as many as there are values; not each is written if there are many, but each is read out.
        unit: of the values, for example ``Wh``.

    Raises:
        ValueError: there are more values than labels, or fewer.
    """
    axis = axis_of([value for value in values if value is not None])
    entries = [
        _entry(_told(label, value, unit), _shape(value, axis, at, len(values)))
        for at, (value, label) in enumerate(zip(values, labels, strict=True))
    ]
    read = _tag("g", *entries, role="list", aria_label=unit)
    return _tag("svg", _scale(axis, unit), read, *_written(labels), class_="bars", height=_HEIGHT, width="100%")


def axis_of(values: Iterable[int]) -> Axis:
    """An axis with round ticks, on which all values and 0 have a place."""
    known = [0, *values]
    low, high = min(known), max(known)
    step = _round_step((high - low) / _TICKS)
    lowest, highest = step * floor(low / step), step * ceil(high / step)
    return Axis(step, lowest, highest if highest > lowest else lowest + step)


def every(labels: Sequence[str]) -> int:
    """Which labels are written: each, every second, every third …, so that they do not meet on a phone."""
    longest = max(map(len, labels), default=0)
    most = _MOST_LABELS * _SHORT // max(_SHORT, longest)
    return max(1, ceil(len(labels) / max(1, most)))


def _round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not below."""
    if least <= 1:
        return 1
    power = 10 ** floor(log10(least))
    return int(next(power * digit for digit in (1, 2, 5, 10) if power * digit >= least))


def _entry(told: str, shape: str) -> str:
    """What is read out, and shown when one points at the shape."""
    return _tag("g", _tag("title", escape(told)), shape, role="listitem", aria_label=told)


def _told(label: str, value: int | None, unit: str) -> str:
    return f"{label}: no reading" if value is None else f"{label}: {value:,} {unit}"


def _shape(value: int | None, axis: Axis, at: int, count: int) -> str:
    """A bar, or a gap as high as the chart; in place ``at`` of ``count``."""
    ends = (axis.highest, axis.lowest) if value is None else (max(value, 0), min(value, 0))
    top, bottom = (axis.pixels(end) for end in ends)
    return _tag(
        "rect",
        class_="gap" if value is None else "bar",
        x=f"{100 * (at + (1 - _SHARE) / 2) / count:.3f}%",
        width=f"{100 * _SHARE / count:.3f}%",
        y=f"{min(top, bottom - 1):.1f}",
        height=f"{max(1.0, bottom - top):.1f}",
    )


def _written(labels: Sequence[str]) -> Iterable[str]:
    step = every(labels)
    for at in range(0, len(labels), step):
        x = f"{100 * (at + 0.5) / len(labels):.3f}%"
        yield _tag("text", escape(labels[at]), x=x, y=_HEIGHT - 6, text_anchor="middle", aria_hidden="true")


def _scale(axis: Axis, unit: str) -> str:
    """The ticks, with their lines, in thousands or millions if they are large."""
    largest = max(axis.highest, -axis.lowest)
    divisor, prefix = next(((by, word) for least, by, word in _SCALES if largest >= least), (1, ""))
    lines = []
    for tick in axis.ticks:
        y = f"{axis.pixels(tick):.1f}"
        text = f"{tick / divisor:,.10g} {prefix}{unit}"
        lines.append(_tag("line", x1=0, x2="100%", y1=y, y2=y, class_="zero" if tick == 0 else "tick"))
        lines.append(_tag("text", escape(text), x=-6, y=y, dy=4, text_anchor="end"))
    return _tag("g", *lines, aria_hidden="true")


def _tag(name: str, *inside: str, **attributes: object) -> str:
    """An element; ``class_`` and ``text_anchor`` stand for ``class`` and ``text-anchor``."""
    words = (f" {key.rstrip('_').replace('_', '-')}={quoteattr(str(value))}" for key, value in attributes.items())
    return f"<{name}{''.join(words)}>{''.join(inside)}</{name}>"
