"""The state machines of one edge: what they remember, and when they are asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge_tasks.light.engine.memory import Memory
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.state_machine import Outcome, Registers

    Read: TypeAlias = Callable[[int], tuple[int | None, ...]]


class States:
    """The states of an edge's state machines.

    Args:
        plant: whose they are.
        past: of an earlier simulation of the same edge.

    Attributes:
        registers: of each state machine.
    """

    __slots__ = ("_inputs", "_most", "_plant", "_until", "registers")

    def __init__(self, plant: Plant, past: Memory) -> None:
        self._plant = plant
        self.registers = [past.registers.get(own_id) or machine.first for own_id, machine in plant.machines]
        answers = [past.answers.get(own_id, (-NEVER, None)) for own_id, _ in plant.machines]
        self._until = [until for until, _ in answers]
        self._most = [most for _, most in answers]
        self._inputs: list[tuple[int | None, ...]] = [()] * len(answers)

    def resume(self, read: Read) -> None:
        """Take what those read that have answered before, so that they are not asked again before their time."""
        self._inputs = [read(number) for number in range(len(self.registers))]

    def kept(self) -> dict[str, Registers]:
        """The registers of those that have some, by the component's id."""
        named = zip(self._plant.machines, self.registers, strict=True)
        return {own_id: registers for (own_id, _), registers in named if registers}

    def answers(self) -> dict[str, tuple[int, int | None]]:
        """Until when their answers hold, and the limits in W in them, by the component's id."""
        each = zip(self._plant.machines, self._until, self._most, strict=True)
        return {own_id: (until, most) for (own_id, _), until, most in each}

    def limits(self, now: int, powers: list[int], read: Read) -> list[int | None]:
        """W that each battery gives at most, None for no limit; asked before the powers are known.

        Args:
            now: epoch ms.
            powers: as they were before.
            read: what the state machine of a number reads.
        """
        plant = self._plant
        self._ask(plant.limited, now, powers, read)
        found: list[int | None] = [None] * len(plant.batteries)
        for number, battery in plant.limited.items():
            most, other = self._most[number], found[battery]
            if most is not None:
                found[battery] = most if other is None else min(most, other)
        return found

    def switch(self, now: int, powers: list[int], read: Read) -> int:
        """Ask the others, once the powers are known, among which they set what they set.

        Returns:
            Epoch ms at which one of all is to be asked again.
        """
        self._ask(self._plant.switching, now, powers, read)
        return min(self._until, default=NEVER)

    def _ask(self, numbers: Iterable[int], now: int, powers: list[int], read: Read) -> None:
        """Ask those whose time has come, or who read something new."""
        plant = self._plant
        for number in numbers:
            inputs = read(number)
            if now < self._until[number] and inputs == self._inputs[number]:
                continue
            outcome = plant.machines[number][1].step(self.registers[number], now, inputs)
            self.registers[number], self._most[number] = outcome.registers, outcome.most
            self._until[number] = max(now + 1, outcome.until)
            self._inputs[number] = read(number) if _set(powers, plant, outcome) else inputs


def _set(powers: list[int], plant: Plant, outcome: Outcome) -> bool:
    """Set the channels that a state machine sets, and return whether it may read something else now."""
    changed = False
    for address, value in outcome.values.items():
        place = plant.place.get(address)
        if place is not None and powers[place] != value:
            powers[place] = value
            changed = True
    return changed
