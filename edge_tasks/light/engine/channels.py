"""An edge's channels: which of them follow the simulation, and the text in which their values are sent.

A message is put together from texts that are made once for each template (``"meter1/ActivePower":%d,...``), so a
cycle costs what changed in it and no more. Three kinds of channels follow the simulation:

counters
    energies in Wh; looked at in each cycle in which their power is not 0.
levels
    states of charge in percent; likewise while a battery is charged or discharged.
readings
    everything else, mostly powers in W; looked at when the simulation has turned.

Channels of a low priority are sent in the averages of five minutes only, as a real edge does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import orjson

from edge_tasks.light.engine.plant import ESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Value

Powers: TypeAlias = "Sequence[int]"
"""Powers in W, in the order of a plant's ids."""
Figure: TypeAlias = "Callable[[Simulation, Powers], int]"
"""What a reading shows, by the simulation and by powers: those of the moment, or the averages of five minutes."""
Nullable: TypeAlias = "Callable[[Simulation, Powers], int | None]"
"""What a reading shows that may be null, which is None."""


class Text:
    """Channels that have one value.

    Args:
        names: of the channels.

    Attributes:
        names: of the channels.
        format: a ``%`` format of the value, once for each of them.
        null: the text of null, once for each of them.
        count: of the channels.
    """

    __slots__ = ("count", "format", "names", "null")

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.count = len(names)
        self.format = b",".join(orjson.dumps(name).replace(b"%", b"%%") + b":%d" for name in names)
        self.null = b",".join(orjson.dumps(name) + b":null" for name in names)

    def of(self, value: int | None) -> bytes:
        """The text of a value."""
        return self.null if value is None else self.format % ((value,) * self.count)


@dataclass(frozen=True)
class Reading:
    """Channels that change with a turn of the simulation.

    Attributes:
        text: of the channels.
        read: their value.
        usual: their value in the averages of five minutes, where that is not ``read`` of average powers.
    """

    text: Text
    read: Nullable
    usual: Nullable | None = None

    def average(self, simulation: Simulation, powers: Powers) -> int | None:
        """Their value in the averages of five minutes, by the average powers."""
        return (self.usual or self.read)(simulation, powers)


@dataclass(frozen=True)
class Counter:
    """Channels that count the energy of one power.

    Attributes:
        key: whose power, an id of the plant.
        positive: names of the channels that count a power above 0 W.
        negative: names of those that count a power below 0 W.
        null: whether they are null as long as they have counted nothing.
    """

    key: str
    positive: Sequence[str] = ()
    negative: Sequence[str] = ()
    null: bool = False


class Counting(NamedTuple):
    """How the energy of a power is counted, and the text of the channels that show it in Wh.

    Attributes:
        number: of this among all.
        place: of the energy among those of a simulation.
        power: the place of the power.
        sign: 1 where power above 0 W counts, -1 where power below it does.
        format: of the text.
        channels: how many they are.
    """

    number: int
    place: int
    power: int
    sign: int
    format: bytes
    channels: int


@dataclass(frozen=True)
class ComponentChannels:
    """The channels of one component, by their addresses (``meter1/ActivePower``).

    Attributes:
        readings: those that follow a turn.
        counters: energies.
        levels: the channel of a battery's state of charge, by the battery's id; by :data:`ESS` that of all.
        still: those that keep one value; of a name that is also among the others, the others count.
        averages: those that are sent in the averages of five minutes only.
        still_averages: those of them that keep one value.
    """

    readings: Sequence[Reading] = ()
    counters: Sequence[Counter] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    still: Mapping[str, Value] = field(default_factory=dict)
    averages: Sequence[Reading] = ()
    still_averages: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Channels:
    """All channels of an edge of one template.

    Attributes:
        constants: those that never change.
        constant: their text.
        known: the text of those that are not null, and of ``constant_averages``.
        counted: the counters, each by its place among the energies of a simulation, with its text.
        null: the numbers of those that are null as long as they have counted nothing.
        levels: the texts of the state of charge of each battery, and of all of them.
        readings: all others.
        averages: those that are sent in the averages of five minutes only.
        constant_averages: those of them that never change.
        patterns: of moving counters, that were seen.
    """

    constants: Mapping[str, Value]
    constant: bytes
    known: bytes
    counted: tuple[tuple[int, Text], ...]
    null: frozenset[int]
    levels: tuple[Text, ...]
    readings: tuple[Reading, ...]
    averages: tuple[Reading, ...] = ()
    constant_averages: Mapping[str, Value] = field(default_factory=dict)
    patterns: dict[tuple[Counting, ...], tuple[Counting, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def counting(self) -> tuple[Counting, ...]:
        """The counters, with all that counting needs."""
        return tuple(
            Counting(number, place, place >> 1, -1 if place & 1 else 1, text.format, text.count)
            for number, (place, text) in enumerate(self.counted)
        )

    def moving(self, powers: Powers) -> tuple[Counting, ...]:
        """The counters that these powers move; one object for all edges with the same ones."""
        found = tuple([one for one in self.counting if powers[one.power] * one.sign > 0])
        return self.patterns.setdefault(found, found)


def channels_of(plant: Plant, own: Sequence[ComponentChannels]) -> Channels:
    """The channels of a plant's components, in the order in which they are sent."""
    readings = tuple(reading for one in own for reading in one.readings)
    counters = [counter for one in own for counter in one.counters]
    counted = tuple(_counted(plant, counters))
    places = {2 * plant.place[counter.key] for counter in counters if counter.null}
    null = frozenset(number for number, (place, _) in enumerate(counted) if place in places)
    levels = tuple(_levels(plant, {key: name for one in own for key, name in one.levels.items()}))
    texts = (*(reading.text for reading in readings), *(text for _, text in counted), *levels)
    moving = {name for text in texts for name in text.names}
    still = {name: value for one in own for name, value in one.still.items() if name not in moving}
    still = {name: still[name] for name in sorted(still)}
    known = {name: value for name, value in still.items() if value is not None}
    rare = {name: value for one in own for name, value in one.still_averages.items()}
    averages = tuple(reading for one in own for reading in one.averages)
    return Channels(
        still,
        _pairs(still),
        _pairs({**known, **rare}),
        counted,
        null,
        levels,
        readings,
        averages,
        rare,
    )


def _pairs(values: Mapping[str, Value]) -> bytes:
    return orjson.dumps(values)[1:-1]


def _counted(plant: Plant, counters: Iterable[Counter]) -> Iterator[tuple[int, Text]]:
    """The texts of energies of positive and of negative power, by their places, which are in order."""
    by_key = {counter.key: (counter.positive, counter.negative) for counter in counters}
    for number, key in enumerate(plant.ids):
        for sign, names in enumerate(by_key.get(key, ())):
            if names:
                yield 2 * number + sign, Text(names)


def _levels(plant: Plant, names: Mapping[str, str]) -> Iterable[Text]:
    if plant.batteries:
        yield from (Text([names[key]]) for key in (*(battery.id for battery in plant.batteries), ESS))
