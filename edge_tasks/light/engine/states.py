"""The state machines of one edge: what they remember, and when they are asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.light.engine.state_machine import RUNNING, Answer
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.state_machine import Outcome, Registers

    Read: TypeAlias = Callable[[int], tuple[int | None, ...]]

_MOST_SHARED: Final = 10_000


class States:
    """The states of an edge's state machines.

    Args:
        plant: whose they are.
        past: of an earlier simulation of the same edge.
    """

    __slots__ = ("_answers", "_plant")

    def __init__(self, plant: Plant, past: Memory) -> None:
        self._plant = plant
        self._answers = [
            Answer(
                _complete(past.registers.get(own_id, ()), machine.first),
                (),
                *past.answers.get(own_id, (-NEVER, None)),
            )
            for own_id, machine in plant.machines
        ]

    def registers(self, number: int) -> Registers:
        """The registers of the state machine of a number."""
        return self._answers[number].registers

    def resume(self, read: Read) -> None:
        """Take what those read that have answered before, so that they are not asked again before their time."""
        self._answers = [one._replace(inputs=read(number)) for number, one in enumerate(self._answers)]

    def kept(self) -> dict[str, Registers]:
        """The registers of those that have some, by the component's id."""
        named = zip(self._plant.machines, self._answers, strict=True)
        return {own_id: one.registers for (own_id, _), one in named if one.registers}

    def answers(self) -> dict[str, tuple[int, int | None]]:
        """The epoch ms until which their answers hold, and the limits in W in them, by the component's id."""
        named = zip(self._plant.machines, self._answers, strict=True)
        return {own_id: (one.until, one.most) for (own_id, _), one in named}

    def limits(self, now: int, powers: list[int], energies: list[int], read: Read) -> dict[str, int]:
        """W that batteries and clusters give at most, by their ids; asked before the powers are known.

        Args:
            now: epoch ms.
            powers: as they were before.
            energies: to which what they count at once is added, in W*ms.
            read: what the state machine of a number reads.
        """
        plant = self._plant
        self._ask(plant.limited, now, powers, energies, read)
        found: dict[str, int] = {}
        for number, battery in plant.limited.items():
            most = self._answers[number].most
            if most is not None:
                found[battery] = min(most, found.get(battery, most))
        return found

    def switch(self, now: int, powers: list[int], energies: list[int], read: Read) -> int:
        """Ask the others, once the powers are known, among which they set what they set.

        Args:
            now: epoch ms.
            powers: as they are.
            energies: to which what they count at once is added, in W*ms.
            read: what the state machine of a number reads.

        Returns:
            Epoch ms at which one of all is to be asked again.
        """
        self._ask(self._plant.switching, now, powers, energies, read)
        return min([one.until for one in self._answers], default=NEVER)

    def _ask(self, numbers: Iterable[int], now: int, powers: list[int], energies: list[int], read: Read) -> None:
        """Ask those whose time has come, or who read something new."""
        plant = self._plant
        for number in numbers:
            inputs, known = read(number), self._answers[number]
            if now < known.until and inputs == known.inputs:
                continue
            outcome = plant.machines[number][1].step(known.registers, now, inputs)
            for address, span in outcome.counted.items():
                energies[2 * plant.place[address]] += RUNNING * span
            inputs = read(number) if _set(powers, plant, outcome) else inputs
            self._answers[number] = self._shared(
                Answer(outcome.registers, inputs, max(now + 1, outcome.until), outcome.most)
            )

    def _shared(self, answer: Answer) -> Answer:
        """The same answer as that of other edges, which saves memory; those with a time are seldom the same."""
        known = self._plant.answers
        if answer.until < NEVER or len(known) >= _MOST_SHARED:
            return answer
        return known.setdefault(answer, answer)


def _complete(kept: Registers, first: Registers) -> Registers:
    """What was kept, with the first values of registers that an earlier version did not have."""
    return (*kept, *first[len(kept) :])


def _set(powers: list[int], plant: Plant, outcome: Outcome) -> bool:
    """Set the channels that a state machine sets, and return whether it may read something else now."""
    changed = False
    for address, value in outcome.values.items():
        place = plant.place.get(address)
        if place is not None and powers[place] != value:
            powers[place] = value
            changed = True
    return changed
