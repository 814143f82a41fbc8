"""What one edge has told of its channels, and what is to be told next. No I/O: bytes come out.

All texts are the inside of a JSON object: ``"meter0/ActivePower":0,...``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.devices.plant import WMS_PER_WH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.light.devices.channels import Channels
    from edge_tasks.light.devices.simulation import Simulation

_NOTHING = -1  # no counter and no state of charge has this value


class Telling:
    """The channels of an edge as its backend knows them.

    Args:
        channels: of the edge's template.
        model: its simulation, which whoever calls advances.
    """

    __slots__ = ("_channels", "_counters", "_levels", "_looks", "_model", "_moving", "_soc_until", "_turns")

    def __init__(self, channels: Channels, model: Simulation) -> None:
        self._channels = channels
        self._model = model
        self._forget()

    def changes(self) -> bytes:
        """The channels whose values are others than those told last."""
        parts: list[bytes] = []
        model = self._model
        if model.turns != self._turns:
            self._turn(parts)
            self._count(range(len(self._counters)), parts)
        elif self._moving:
            self._count(self._moving, parts)
        else:
            return b""
        if model.now >= self._soc_until:
            self._charge(parts)
        return b",".join(parts)

    def everything(self) -> bytes:
        """All channels."""
        self._forget()
        return b",".join((self._channels.constant, self.changes()))

    def _forget(self) -> None:
        channels = self._channels
        self._turns = -1
        self._moving: tuple[int, ...] = ()
        self._counters = [_NOTHING] * len(channels.counters)
        self._soc_until = 0
        self._levels = [_NOTHING] * len(channels.levels)
        self._looks: list[int | None] = [None] * len(channels.looks)

    def _turn(self, parts: list[bytes]) -> None:
        model, looks = self._model, self._looks
        powers = model.powers
        for place, look in enumerate(self._channels.looks):
            value = look.read(model, powers)
            if value != looks[place]:
                looks[place] = value
                parts.append(look.text.of(value))
        self._turns = model.turns
        self._soc_until = 0
        self._moving = self._channels.moving(powers)

    def _count(self, places: Iterable[int], parts: list[bytes]) -> None:
        """Energies; the hot path of ten thousand edges, so it is written out here."""
        model, told, texts = self._model, self._counters, self._channels.counters
        powers, energies, span = model.powers, model.energies, model.now - model.since
        for place in places:
            text = texts[place]
            if text is None:
                continue
            power = -powers[place >> 1] if place & 1 else powers[place >> 1]
            energy = energies[place] + power * span if power > 0 else energies[place]
            value = energy // WMS_PER_WH
            if value != told[place]:
                told[place] = value
                parts.append(text.format % ((value,) * text.count))

    def _charge(self, parts: list[bytes]) -> None:
        told, model = self._levels, self._model
        self._soc_until = model.socs_until()
        for place, (value, text) in enumerate(zip(model.socs(), self._channels.levels, strict=True)):
            if value != told[place]:
                told[place] = value
                parts.append(text.of(value))
