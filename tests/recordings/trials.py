"""Trials: what a real edge stored of templates that hold what no other recording shows, in its first minutes.

A light edge of the same template is compared with it second by second. A real edge needs some seconds until all
components run, which are left out. It works in cycles: a state of charge counts in the one after it was reached.
So a value counts as told if a light edge told it, or passed it, at most :data:`LAG` earlier or later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.light.wire.model import Model
    from tests.recordings.columns import Value

PATH: Final = Path(__file__).with_name("trials.json")
START: Final = 15
"""In seconds. Then a real edge has begun."""
END: Final = 480
"""In seconds. Later, the steps of a real datasource are too late, because each waits for a cycle."""
LAG: Final = 5
"""In seconds."""
SLACK: Final = 2
"""In W. A cluster's power is rounded by each of its batteries."""
_SECOND: Final = 1_000
_COUNTED: Final = ("Energy", "CumulatedActiveTime", "EnergySession")
_COMPUTED: Final = ("L1", "L2", "L3", "Current", "MaxActivePower", "MinActivePower", "DischargePower")
"""The ends of names of channels that follow from others, which are recorded."""


@dataclass(frozen=True)
class Trial:
    """What a real edge stored.

    Attributes:
        floats: the channels that a database had as floats.
        integers: the others.
        values: of channels that changed, each value with the second from which on it was stored.
        counted: how far counters rose after :data:`START`.
    """

    floats: Sequence[str]
    integers: Sequence[str]
    values: Mapping[str, Sequence[tuple[int, float]]]
    counted: Mapping[str, int]


def read_trials() -> dict[str, Trial]:
    """The trials by their names, which are those of their trees."""
    content = json.loads(PATH.read_bytes())
    return {
        name: Trial(
            one["floats"],
            one["integers"],
            {channel: list(zip(flat[::2], flat[1::2], strict=True)) for channel, flat in one["values"].items()},
            one["counted"],
        )
        for name, one in content.items()
    }


def packed(points: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> dict[str, Any]:
    """A trial in its short form, out of points with their moment as ``t`` and the database's types."""
    begin = points[0]["t"]
    told = sorted({name for point in points for name in point} - {"t"})
    columns = {name: flat for name in told if (flat := _changes(name, points, begin))}
    return {
        "floats": [name for name in told if types[name] == "float"],
        "integers": [name for name in told if types[name] == "integer"],
        "values": {name: flat for name, flat in columns.items() if len(flat) > 2 and _is_recorded(name)},
        "counted": {name: flat[-1] - flat[1] for name, flat in columns.items() if name.endswith(_COUNTED)},
    }


def told(model: Model, ahead: int) -> list[dict[str, Value]]:
    """What a light edge had told at each second of its life, and after five minutes in its averages, too.

    Args:
        model: of the template.
        ahead: seconds by which its datasources are ahead of its life.
    """
    simulation = Simulation(model.plant, 0, Memory({}, {}, began=-ahead * _SECOND))
    values, window = ChannelValues(model.channels, simulation), Window(simulation)
    known = _json(values.everything())
    found = []
    for second in range(END + 1):
        simulation.advance(second * _SECOND)
        known = {**known, **_json(values.changes())}
        if simulation.now == window.end:
            known |= _json(b",".join((model.channels.known, window.close(simulation, model.channels))))
        found.append(known)
    return found


def missed(trial: Trial, channel: str, ours: Sequence[Mapping[str, Value]]) -> Iterator[tuple[int, float]]:
    """The recorded values that a light edge neither told nor passed about that time, with their seconds."""
    for second, value in trial.values[channel]:
        near = ours[max(0, second - LAG) : second + LAG + 1]
        numbers = [own for one in near if isinstance(own := one.get(channel), int | float)]
        if not numbers or not min(numbers) - SLACK <= value <= max(numbers) + SLACK:
            yield second, value


def _is_recorded(name: str) -> bool:
    return not name.endswith((*_COUNTED, *_COMPUTED)) and "/Debug" not in name


def _changes(name: str, points: Sequence[Mapping[str, Any]], begin: int) -> list[Any]:
    """Its value at the start, and all that it became after that."""
    flat: list[Any] = []
    for point in points:
        second = (point["t"] - begin) // _SECOND
        if name in point and second <= START:
            flat = [START, point[name]]
        elif name in point and second <= END and (not flat or flat[-1] != point[name]):
            flat += [second, point[name]]
    return flat


def _json(text: bytes) -> dict[str, Value]:
    return dict(json.loads(b"{%b}" % text))
