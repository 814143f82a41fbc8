"""The batteries of one edge: how full they are, and the powers that they are led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.engine.pid_filter import STEP, Pid
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_tasks.light.engine.memory import Command, Memory
    from edge_tasks.light.engine.plant import Battery, Plant


class Batteries:
    """The batteries of an edge.

    Args:
        plant: whose they are.
        past: of an earlier simulation of the same edge.
        away: epoch ms between which nobody saw them: they have their powers at once.

    Attributes:
        charges: W*ms in each battery at the latest turn.
        until: epoch ms until which they keep their powers, unless something else changes.
    """

    __slots__ = ("_away", "_before", "_filters", "_plant", "charges", "until")

    def __init__(self, plant: Plant, past: Memory, away: tuple[int, int]) -> None:
        self._plant = plant
        self._away = away
        self.charges = [_initial(one, past) for one in plant.batteries]
        self._before = [past.filters.get(battery.id, (0, None, 0)) for battery in plant.batteries]
        self._filters = [Pid(last, errors) for _, last, errors in self._before]
        self.until = NEVER

    @property
    def powers(self) -> list[int]:
        """W before the latest turn."""
        return [power for power, _, _ in self._before]

    def filters(self) -> dict[str, tuple[int, int | None, int]]:
        """The power of each battery before the latest turn and its filter's two figures, by id."""
        return {one.id: before for one, before in zip(self._plant.batteries, self._before, strict=True)}

    def count(self, powers: Iterable[int], span: int) -> None:
        """Charge and discharge them with these powers for so many ms."""
        for place, power in enumerate(powers):
            self.charges[place] -= power * span

    def lead(
        self,
        now: int,
        powers: Sequence[int],
        rest: int,
        limits: Sequence[int | None],
        commands: Sequence[Command],
    ) -> list[int]:
        """Their next powers in W.

        Args:
            now: epoch ms.
            powers: W so far.
            rest: W that the meters leave.
            limits: W that each gives at most; None for no limit.
            commands: values that people wrote.
        """
        self.until = NEVER
        self._before = [(power, one.last, one.errors) for power, one in zip(powers, self._filters, strict=True)]
        found = []
        for place, battery in enumerate(self._plant.batteries):
            wanted = self._wanted(battery, now, rest, commands)
            power = self._led(place, now, wanted, limits[place])
            found.append(power)
            rest -= power
        return found

    def _wanted(self, battery: Battery, now: int, rest: int, commands: Sequence[Command]) -> int | None:
        """The power in W that a battery should give: what was written, or what balances the grid."""
        for command in commands:
            if self._plant.writable.get(command.channel) == battery.id and command.end > now:
                self.until = min(self.until, command.end)
                return command.value
        return None if battery.target is None else rest - battery.target

    def _led(self, place: int, now: int, wanted: int | None, most: int | None) -> int:
        """The power in W that it gives."""
        battery, charge, gains = self._plant.batteries[place], self.charges[place], self._plant.gains
        low = -battery.limit if battery.full - charge >= battery.limit else 0  # room for a millisecond at least
        high = battery.limit if charge >= battery.limit else 0
        if most is not None:
            high = max(low, min(high, most))
        power = target = min(0, high) if wanted is None else max(low, min(high, wanted))
        full_or_empty = wanted and not target  # at once, as the simulator's battery does
        if not (wanted is None or full_or_empty or gains is None or self._away[0] < now < self._away[1]):
            power = self._filters[place].step(gains, self._before[place][0], target, (low, high))
        if power != target:
            self.until = min(self.until, now + STEP)
        if power:
            room = battery.full - charge if power < 0 else charge
            self.until = min(self.until, now + room // abs(power))
        return power


def _initial(battery: Battery, past: Memory) -> int:
    charge = past.charges.get(battery.id, battery.full * battery.initial_soc // 100)
    return max(0, min(battery.full, charge))
