"""What outlives a simulation: values that people wrote, and where its counters, batteries and filters were."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.plant import ESS, GIVEN, TAKEN

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

_NOTHING: Final = (0, 0)
_NONE: Final[Mapping[str, tuple[int, int]]] = {}
"""Most edges have no such energies, and share this."""


@dataclass(frozen=True)
class Command:
    """A value that somebody wrote to a channel; it holds until a moment.

    Attributes:
        channel: e.g. ``ess0/SetActivePowerEquals``.
        value: W.
        end: epoch ms; :data:`NEVER` for ever.
    """

    channel: str
    value: int
    end: int


@dataclass(frozen=True)
class Memory:
    """What outlives a change of the configuration and a restart: a simulation as it was at its last turn.

    A simulation of the same plant determines the same powers at that turn again, so a kill loses nothing.

    Attributes:
        energies: of positive and of negative power in W*ms, by id.
        charges: W*ms in each battery, by id.
        now: epoch ms of the turn; None for the moment at which the next simulation begins.
        began: epoch ms, when the datasources began; None for that moment, too.
        extremes: lowest and highest power so far, by id.
        filters: of each battery its power in W before the turn, and its filter's two figures, by id.
        commands: values that people wrote and that still hold.
        powers: W since the turn, by id.
        seen: epoch ms, the moment at which the simulation stood; None for the turn's own.
        registers: of state machines, by the component's id.
        answers: of state machines, until when (epoch ms) they hold, and the limit in W of a battery in them.
    """

    energies: Mapping[str, tuple[int, int]]
    charges: Mapping[str, int]
    now: int | None = None
    began: int | None = None
    extremes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    filters: Mapping[str, tuple[int, int | None, int]] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    powers: Mapping[str, int] = field(default_factory=dict)
    seen: int | None = None
    registers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)

    def energy(self, key: str) -> tuple[int, int]:
        """The energies of an id.

        An edge that had one battery and has several now, or the other way round, counts on where it was. Of the
        two sums of several batteries, an earlier version kept only those that were not 0.
        """
        if self.energies.keys().isdisjoint((GIVEN, TAKEN)):
            key = ESS if key in (GIVEN, TAKEN) else key
        elif key == ESS:
            return self.energies.get(GIVEN, _NOTHING)[0], self.energies.get(TAKEN, _NOTHING)[1]
        return self.energies.get(key, _NOTHING)

    def settled(self) -> Memory:
        """The same at the moment at which the simulation stood, for one that goes on with another plant."""
        if self.now is None or self.seen is None:
            return self
        span = self.seen - self.now
        known = {**dict.fromkeys(self.powers, _NOTHING), **self.energies}  # a file has none that are 0
        energies = {
            key: (positive + max(0, self._power(key) * span), negative + max(0, -self._power(key) * span))
            for key, (positive, negative) in known.items()
        }
        charges = {key: charge - self._power(key) * span for key, charge in self.charges.items()}
        filters: dict[str, tuple[int, int | None, int]] = {key: (self._power(key), None, 0) for key in charges}
        return replace(self, energies=energies, charges=charges, now=self.seen, filters=filters, answers={})

    def without(self, ids: Container[str]) -> Memory:
        """The same without the registers and flags of some state machines, which begin anew."""
        registers = {key: own for key, own in self.registers.items() if key not in ids}
        powers = {key: power for key, power in self.powers.items() if key.partition("/")[0] not in ids}
        return replace(self, registers=registers, powers=powers)

    def energies_beyond(self, ids: Container[str]) -> Mapping[str, tuple[int, int]]:
        """The energies of all other ids: a device that was taken away counts on when it comes back.

        What batteries gave and took has gone on in one of the sums that are there.
        """
        others = {key: kept for key, kept in self.energies.items() if key not in ids}
        return {key: kept for key, kept in others.items() if key not in (GIVEN, TAKEN)} or _NONE

    def _power(self, key: str) -> int:
        return self.powers.get(key, 0)
