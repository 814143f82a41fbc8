"""The channel values that the backend has of an edge, and those to send next. No I/O: it returns bytes.

All texts are the inside of a JSON object: ``"meter0/ActivePower":0,...``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.engine.plant import WMS_PER_WH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge_tasks.light.engine.channels import Channels, Counting
    from edge_tasks.light.engine.simulation import Simulation

_NOTHING = -1  # no counter and no state of charge has this value
_UNSENT = object()  # a reading may have every value, and null


class ChannelValues:
    """The channels of an edge as its backend knows them.

    Args:
        channels: of the edge's template.
        simulation: of the edge; the caller advances it.
    """

    __slots__ = (
        "_channels",
        "_counters",
        "_levels",
        "_moving",
        "_readings",
        "_simulation",
        "_soc_until",
        "_turns",
    )

    def __init__(self, channels: Channels, simulation: Simulation) -> None:
        self._channels = channels
        self._simulation = simulation
        self._forget()

    def changes(self) -> bytes:
        """The text of the channels whose values have changed since they were sent; empty when none has."""
        parts: list[bytes] = []
        simulation = self._simulation
        if simulation.turns != self._turns:
            self._turn(parts)
            self._count(self._channels.counting, parts)
        elif self._moving:
            self._count(self._moving, parts)
        else:
            return b""
        if simulation.now >= self._soc_until:
            self._charge(parts)
        return b",".join(parts)

    def everything(self) -> bytes:
        """The text of all channels."""
        self._forget()
        channels = self._channels
        return b",".join((channels.constant, self.changes(), *self._nulls()))

    def _nulls(self) -> Iterator[bytes]:
        channels = self._channels
        for number in channels.null:
            if not self._counters[number]:
                yield channels.counted[number][1].null

    def _forget(self) -> None:
        channels = self._channels
        self._turns = -1
        self._moving: tuple[Counting, ...] = ()
        self._counters = [_NOTHING] * len(channels.counted)
        for number in channels.null:
            self._counters[number] = 0  # which is not sent
        self._soc_until = 0
        self._levels = [_NOTHING] * len(channels.levels)
        self._readings: list[object] = [_UNSENT] * len(channels.readings)

    def _turn(self, parts: list[bytes]) -> None:
        simulation, sent = self._simulation, self._readings
        powers = simulation.powers
        for place, reading in enumerate(self._channels.readings):
            value = reading.read(simulation, powers)
            if value != sent[place]:
                sent[place] = value
                parts.append(reading.text.of(value))
        self._turns = simulation.turns
        self._soc_until = 0
        self._moving = self._channels.moving(powers)

    def _count(self, counting: Iterable[Counting], parts: list[bytes]) -> None:
        """Add the energies that have changed. This is the hot path of ten thousand edges, so it calls nothing."""
        simulation, sent = self._simulation, self._counters
        powers, energies, span = simulation.powers, simulation.energies, simulation.now - simulation.since
        for number, place, source, sign, text, channels in counting:
            power = powers[source] * sign
            value = (energies[place] + power * span if power > 0 else energies[place]) // WMS_PER_WH
            if value != sent[number]:
                sent[number] = value
                parts.append(text % value if channels == 1 else text % ((value,) * channels))

    def _charge(self, parts: list[bytes]) -> None:
        sent, simulation = self._levels, self._simulation
        self._soc_until = simulation.socs_until()
        for place, (value, text) in enumerate(zip(simulation.socs(), self._channels.levels, strict=True)):
            if value != sent[place]:
                sent[place] = value
                parts.append(text.of(value))
