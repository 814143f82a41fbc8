"""The state machines of one edge: what they remember, and when they are asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.state_machine import Outcome, Registers

    Read: TypeAlias = Callable[[int], tuple[int | None, ...]]


class States:
    """The states of an edge's state machines.

    Args:
        plant: whose they are.
        past: registers by the component's id.

    Attributes:
        registers: of each state machine.
    """

    __slots__ = ("_inputs", "_most", "_plant", "_until", "registers")

    def __init__(self, plant: Plant, past: Mapping[str, Registers]) -> None:
        count = len(plant.machines)
        self._plant = plant
        self.registers = [past.get(own_id) or machine.first for own_id, machine in plant.machines]
        self._most: list[int | None] = [None] * count
        self._inputs: list[tuple[int | None, ...] | None] = [None] * count
        self._until = [-NEVER] * count

    def kept(self) -> dict[str, Registers]:
        """The registers of those that have some, by the component's id."""
        named = zip(self._plant.machines, self.registers, strict=True)
        return {own_id: registers for (own_id, _), registers in named if registers}

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
            self._inputs[number] = None if _set(powers, plant, outcome) else inputs


def _set(powers: list[int], plant: Plant, outcome: Outcome) -> bool:
    """Set the channels that a state machine sets, and say whether it may read something else now."""
    changed = False
    for address, value in outcome.values.items():
        place = plant.place.get(address)
        if place is not None and powers[place] != value:
            powers[place] = value
            changed = True
    return changed
