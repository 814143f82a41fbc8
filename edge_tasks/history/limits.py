"""The state machines that limit a battery, as they are asked while it is charged and discharged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, cast

from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.light.engine.channels import Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.light.engine.state_machine import Registers, StateMachine

_FAR: Final = 1 << 62
_HUNDRED: Final = 100


@dataclass(frozen=True)
class _Soc:
    """An edge of which only the state of charge of its one battery is known."""

    soc: int

    def socs(self) -> tuple[int, int]:
        """The states of charge of the battery and of all together."""
        return self.soc, self.soc


@dataclass(frozen=True)
class Answer:
    """What a state machine answered last.

    Attributes:
        registers: what it remembers.
        until: epoch ms until which the answer holds.
        most: W that its battery gives at most; None for no limit.
        inputs: what it had read.
    """

    registers: Registers
    until: int = -NEVER
    most: int | None = None
    inputs: Sequence[int | None] = ()


@dataclass
class Limits:
    """The state machines of one battery, which is the only one of its edge.

    Attributes:
        full: W*ms in the full battery.
        ids: of the state machines.
        machines: in the same order.
        reads: what each of them reads.
        answers: what each of them answered last.
        most: W that the battery gives at most; None for no limit.
    """

    full: int
    ids: Sequence[str]
    machines: Sequence[StateMachine]
    reads: Sequence[Sequence[Callable[..., int | None]]]
    answers: list[Answer]
    most: int | None = None
    _known: dict[int, list[tuple[int | None, ...]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, plant: Plant) -> Limits:
        """The limits of a plant with one battery.

        Raises:
            IndexError: one reads something else than a state of charge.
            AttributeError: likewise.
        """
        numbers = list(plant.limited)
        found = [plant.machines[number] for number in numbers]
        limits = cls(
            plant.batteries[0].full,
            [own_id for own_id, _ in found],
            [machine for _, machine in found],
            [plant.inputs[number] for number in numbers],
            [Answer(machine.first) for _, machine in found],
        )
        for soc in range(_HUNDRED + 1):
            limits._inputs(soc)
        return limits

    @property
    def until(self) -> int:
        """Epoch ms at which one of them is to be asked again at the latest."""
        return min((answer.until for answer in self.answers), default=NEVER)

    def kept(self) -> tuple[dict[str, Registers], dict[str, tuple[int, int | None]]]:
        """What they remember, and their answers with the moments until which these hold, by id."""
        named = list(zip(self.ids, self.answers, strict=True))
        registers = {own_id: answer.registers for own_id, answer in named if answer.registers}
        return registers, {own_id: (answer.until, answer.most) for own_id, answer in named}

    def copy(self) -> Limits:
        """The same, for another course from here."""
        return replace(self, answers=list(self.answers))

    def asked(self, now: int, charge: int) -> int | None:
        """W that the battery gives at most from a moment on, with so many W*ms in it."""
        for number, inputs in enumerate(self._inputs(self._soc(charge)) if self.machines else ()):
            answer = self.answers[number]
            if now < answer.until and inputs == answer.inputs:
                continue
            outcome = self.machines[number].step(answer.registers, now, inputs)
            until = max(now + 1, outcome.until)
            self.answers[number] = Answer(outcome.registers, until, outcome.most, inputs)
        found = [answer.most for answer in self.answers if answer.most is not None]
        self.most = min(found, default=None)
        return self.most

    def quiet(self, charge: int) -> tuple[int, int] | None:
        """The range of charge in which all state machines go on giving their present answers.

        Args:
            charge: W*ms in the battery.

        Returns:
            W*ms at which it begins, and below which it ends; None if this charge itself may change an answer.
        """
        soc, low, high = self._soc(charge), 0, _HUNDRED + 1
        for machine, answer in zip(self.machines, self.answers, strict=True):
            steady = machine.steady(answer.registers)
            if soc not in steady:
                return None
            low, high = max(low, steady.start), min(high, steady.stop)
        return self._bounds(low, high)

    def leaves(self, charge: int, power: int) -> int:
        """How long the charge stays where the present answers hold.

        Args:
            charge: W*ms in the battery.
            power: W that the battery gives; negative if it is charged.

        Returns:
            The ms until the charge leaves that range.
        """
        if not self.machines or not self.full:
            return NEVER
        soc = self._soc(charge)
        least, most = self.quiet(charge) or self._bounds(soc, soc + 1)
        if power > 0:
            return (charge - least) // power + 1
        return -((charge - most) // -power) if most < _FAR else NEVER

    def _bounds(self, low: int, high: int) -> tuple[int, int]:
        """W*ms of states of charge from one percentage on and below another."""
        least = -(-self.full * (2 * low - 1) // 200) if low > 0 else -_FAR
        most = -(-self.full * (2 * high - 1) // 200) if high <= _HUNDRED else _FAR
        return (least, most) if self.full else (-_FAR, _FAR)

    def _soc(self, charge: int) -> int:
        return (200 * charge + self.full) // (2 * self.full) if self.full else 0

    def _inputs(self, soc: int) -> list[tuple[int | None, ...]]:
        """What each of them reads at a state of charge."""
        if soc not in self._known:
            seen, nothing = cast("Simulation", _Soc(soc)), cast("Powers", ())
            self._known[soc] = [tuple(read(seen, nothing) for read in reads) for reads in self.reads]
        return self._known[soc]
