"""Channel by channel: what a light edge tells, against what a database held of a real edge of the same age."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.window import Window
from tests.recordings.reading import read_stored, read_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge_tasks.light.wire.model import Model
    from tests.recordings.columns import Value

Verdict: TypeAlias = Literal["same", "differs", "left out"]
AGE: Final = 926_000
"""Ms that the recorded edge had run at the first point: the cumulated seconds of its heating element."""
SECOND: Final = 1_000
"""In ms. So exactly is the age known: what a real edge tells, a light edge tells a second earlier or later."""


@dataclass(frozen=True)
class Row:
    """One stored channel.

    Attributes:
        channel: its address.
        verdict: whether a light edge tells the same.
        why: the reason where it does not; else how exactly; empty where it is so in each second.
    """

    channel: str
    verdict: Verdict
    why: str = ""


def compare(model: Model) -> list[Row]:
    """All channels that were stored, in the order of their names.

    Args:
        model: of the template of the recorded edge.
    """
    stored, types = read_stored(), read_types()
    ours = dict(_told(model, sorted(stored)))
    theirs: dict[str, dict[int, Value]] = {}
    for moment, values in stored.items():
        for channel, value in values.items():
            theirs.setdefault(channel, {})[moment] = value
    return [_row(channel, types[channel], theirs[channel], ours) for channel in sorted(theirs)]


def extra(model: Model) -> list[str]:
    """What a light edge of that template tells and a database would store, though nothing was stored of it."""
    moments = sorted(read_stored())
    told = {name for _, values in _told(model, moments) for name, value in values.items() if is_stored(value)}
    return sorted(told - read_types().keys())


def is_stored(value: Value) -> bool:
    """Whether a database stores a value: numbers, and no texts."""
    return isinstance(value, int | float)


def _told(model: Model, moments: list[int]) -> Iterator[tuple[int, dict[str, Value]]]:
    """What a light edge had told at each moment, and in the averages that begin then."""
    simulation = Simulation(model.plant, moments[0] - AGE)
    values = ChannelValues(model.channels, simulation)
    known = _json(values.everything())
    windows = dict(_windows(model, moments))
    for moment in moments:
        simulation.advance(moment)
        known |= _json(values.changes())
        yield moment, {**windows.get(moment, {}), **known}


def _windows(model: Model, moments: list[int]) -> Iterator[tuple[int, dict[str, Value]]]:
    simulation = Simulation(model.plant, moments[0] - AGE)
    while (window := Window(simulation)).start < moments[-1]:
        simulation.advance(window.end)
        yield window.start, _json(b",".join((model.channels.known, window.close(simulation, model.channels))))


def _row(channel: str, kind: str, theirs: Mapping[int, Value], ours: Mapping[int, Mapping[str, Value]]) -> Row:
    told = [ours[moment].get(channel) for moment in theirs]
    if None in told:
        return Row(channel, "left out", _reason(channel))
    if {"float" if isinstance(value, float) else "integer" for value in told} != {kind}:
        return Row(channel, "differs", f"a real edge has it as {kind}")
    worst = max(_difference(channel, moment, value, ours) for moment, value in theirs.items())
    unit = "Wh" if channel.endswith("Energy") else "s" if channel.endswith("Time") else ""
    if worst > (1 if unit else 0):
        return Row(channel, "differs", f"by {worst:g} {unit}".strip())
    if list(theirs.values()) == told:
        return Row(channel, "same")
    return Row(channel, "same", f"within 1 {unit}" if unit else "a second earlier or later")


def _difference(channel: str, moment: int, value: Value, ours: Mapping[int, Mapping[str, Value]]) -> float:
    """How far a value is from ours of that second, or of the one before or behind it."""
    near = (moment, moment - SECOND, moment + SECOND)
    values = (ours[other][channel] for other in near if channel in ours.get(other, {}))
    return min(abs(_number(value) - _number(own)) for own in values)


def _reason(channel: str) -> str:
    """Why a channel is left out; empty when nobody has said so."""
    return "property of another factory" if "/_Property" in channel else ""


def _number(value: Value) -> float:
    assert isinstance(value, int | float), value
    return value


def _json(text: bytes) -> dict[str, Value]:
    return dict(json.loads(b"{%b}" % text))
