"""The batteries of one edge: how full they are, and the powers that they are led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.engine.control import Asked, asked_of, within
from edge_tasks.light.engine.free_batteries import Led, settled
from edge_tasks.light.engine.pid_filter import STEP, Pid
from edge_tasks.light.engine.plant import Group
from edge_tasks.light.engine.sharing import shared
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
        limits: Mapping[str, int],
        commands: Sequence[Command],
    ) -> list[int]:
        """Their next powers in W.

        Args:
            now: epoch ms.
            powers: W so far.
            rest: W that the meters leave.
            limits: W that batteries and clusters give at most, by their ids.
            commands: values that people wrote.
        """
        self.until = NEVER
        self._before = [(power, one.last, one.errors) for power, one in zip(powers, self._filters, strict=True)]
        if self._plant.exchanged:
            found = self._together(now, powers, rest, limits, commands)
        else:
            found = [self._alone(group, now, rest, limits, commands) for group in self._plant.groups]
        self._end(now, found)
        return found

    def _alone(
        self, group: Group, now: int, rest: int, limits: Mapping[str, int], commands: Sequence[Command]
    ) -> int:
        """The power of the only battery."""
        low, high = self._range(group.members[0], limits)
        most = within(limits.get(group.id, high), low, high)
        return self._led(group, now, self._asked(group, now, rest, commands, (low, most)))

    def _together(
        self,
        now: int,
        powers: Sequence[int],
        rest: int,
        limits: Mapping[str, int],
        commands: Sequence[Command],
    ) -> list[int]:
        """The powers of several batteries."""
        led, is_free = [], False
        for group in self._plant.groups:
            low, high, ranges = self._ranges(group, now, rest, limits, commands)
            asked = self._asked(group, now, rest, commands, (low, high))
            power = self._led(group, now, asked)
            together = (power, power)
            if asked[0] is None:
                is_free, together = True, asked[1:3]
                power = sum([powers[number] for number in group.members])  # which controllers have seen
            rest -= power
            led.append(Led(together, ranges or ((low, high),)))
        found = self._of_each(settled(led) if is_free else [one.together[0] for one in led], led)
        if is_free and found != list(powers):
            self.until = min(self.until, now + STEP)
        return found

    def _of_each(self, gives: Sequence[int], led: Sequence[Led]) -> list[int]:
        """The power of each battery, by the powers of the groups."""
        found = [0] * len(self._before)
        for group, power, own in zip(self._plant.groups, gives, led, strict=True):
            members = group.members
            for number, part in zip(members, self._parts(group, power, own.each), strict=True):
                found[number] = part
        return found

    def _end(self, now: int, powers: Sequence[int]) -> None:
        """Note when a battery is full or empty with these powers."""
        for number, power in enumerate(powers):
            if power:
                lasts = self._plant.batteries[number].lasts(self.charges[number], power)
                self.until = min(self.until, now + lasts)

    def _ranges(
        self, group: Group, now: int, rest: int, limits: Mapping[str, int], commands: Sequence[Command]
    ) -> tuple[int, int, Sequence[tuple[int, int]]]:
        """The W that a group can give, lowest and highest; and of several batteries each one's."""
        if len(group.members) == 1:
            return (*self._range(group.members[0], limits), ())
        ranges = []
        for number in group.members:
            battery = self._plant.batteries[number]
            alone = Group(battery.id, (number,), battery.controls)
            wanted, low, high, _ = self._asked(alone, now, rest, commands, self._range(number, limits))
            ranges.append((low, high) if wanted is None else (within(wanted, low, high),) * 2)
        low, high = sum(one for one, _ in ranges), sum(one for _, one in ranges)
        return low, within(limits.get(group.id, high), low, high), ranges

    def _parts(self, group: Group, power: int, ranges: Sequence[tuple[int, int]]) -> Sequence[int]:
        """What each battery of a cluster has of its power."""
        if len(group.members) == 1:
            return (power,)
        socs = self._plant.socs(self.charges)
        before = [self._before[number][0] for number in group.members]
        return shared(power, ranges, [socs[number] for number in group.members], before)

    def _led(self, group: Group, now: int, asked: Asked) -> int:
        """The power in W that a group gives, on its way to what is asked."""
        wanted, low, high, filtered = asked
        gains, first = self._plant.gains, group.members[0]
        power = target = within(wanted or 0, low, high)
        full_or_empty = wanted and not target  # at once, as the simulator's battery does
        if filtered and not full_or_empty and gains and not self._away[0] < now < self._away[1]:
            before = sum([self._before[number][0] for number in group.members])
            power = self._filters[first].step(gains, before, target, (low, high))
        if power != target:
            self.until = min(self.until, now + STEP)
        return power

    def _range(self, number: int, limits: Mapping[str, int]) -> tuple[int, int]:
        """The W that a battery can give, lowest and highest."""
        battery, charge = self._plant.batteries[number], self.charges[number]
        low = -battery.limit if charge < battery.full_from else 0
        high = battery.limit if charge >= battery.empty_below else 0
        return low, within(limits.get(battery.id, high), low, high)

    def _asked(
        self, group: Group, now: int, rest: int, commands: Sequence[Command], bounds: tuple[int, int]
    ) -> Asked:
        """What people ask of a group, or else its controls."""
        for command in commands:
            if self._plant.writable.get(command.channel) == group.id and command.end > now:
                self.until = min(self.until, command.end)
                return (command.value, *bounds, False)
        return asked_of(group.controls, rest, *bounds)


def _initial(battery: Battery, past: Memory) -> int:
    charge = past.charges.get(battery.id, battery.full * battery.initial_soc // 100)
    return max(0, min(battery.full, charge))
