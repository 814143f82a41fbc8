"""The life of a light edge, computed in arrays: from a moment on, stretch by stretch.

Batteries follow at once, as they do when nobody has seen an edge for a while. The state between two stretches is
always that of a turn of a source, as the simulation's memory is. So it does not matter how a span is divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from edge_tasks.history import sources
from edge_tasks.history.battery import Course
from edge_tasks.history.limits import Limits
from edge_tasks.history.stretch import State, Stretch
from edge_tasks.history.turn_by_turn import Recorded
from edge_tasks.light.engine.plant import SUMS
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.light.engine.control import Control
    from edge_tasks.light.engine.plant import Battery, Plant
    from edge_tasks.openems.sources import Source
    from edge_tasks.timedata.points import Whole

_MOST: Final = 40_000
"""A long life takes no more memory than a short one."""


@dataclass(frozen=True)
class Life:
    """An edge as it lives from a moment on.

    Attributes:
        plant: its devices.
        sources: of its meters, in the plant's order.
        begin: epoch ms.
    """

    plant: Plant
    sources: Sequence[Source]
    begin: int

    def stretches(self, end: int, every: int, most: int = _MOST) -> Iterator[tuple[int, int, Stretch]]:
        """All of it until ``end``: each stretch with the moments from which and until which it may be asked.

        Args:
            end: epoch ms, after the beginning.
            every: ms between two moments that will be asked for.
            most: about so many turns, or moments that are asked for, are in one stretch.
        """
        begin, course = self.begin, self._course()
        while begin < end:
            until = min(end, begin + most * min(every, self._shortest(begin)))
            yield begin, until, course.stretch(until)
            begin = until

    def _course(self) -> Quick | Recorded:
        """The way to go through it: the quick one if the plant allows it."""
        batteries = self.plant.batteries
        quick = not self.plant.clusters and len(batteries) < 2  # noqa: PLR2004 - each depends on the other
        try:
            if quick and all(_is_plain(battery) for battery in batteries):
                return Quick(self, Limits.of(self.plant) if batteries else None)
        except (AttributeError, IndexError):  # a state machine reads something else than a state of charge
            pass
        return Recorded(self.plant, self.sources, self.begin)

    def _shortest(self, moment: int) -> int:
        """The ms for which the powers of the quickest source hold."""
        return min((sources.step(source, moment) for source in self.sources), default=NEVER)


class Quick:
    """Goes through a life with one battery or none in arrays.

    Args:
        life: whose.
        limits: the state machines of its battery; None if there is none.
    """

    def __init__(self, life: Life, limits: Limits | None) -> None:
        plant = life.plant
        nothing = (0,) * len(SUMS)
        charges = [one.full * one.initial_soc // 100 for one in plant.batteries]
        self._life = life
        self._limits = limits
        self._ended: Limits | None = None
        self._state = State(life.begin, (0, 0) * plant.devices, charges, nothing, nothing)

    def stretch(self, end: int) -> Stretch:
        """What happens from the last turn of a source before this stretch until epoch ms."""
        life, before = self._life, self._state
        given = sources.turns(life.sources, before.since, end)
        made = [sources.powers(source, given) for source in life.sources]
        production, consumption = self._sums(made, len(given))
        turns, of, stored = self._stored(given, end, consumption - production)
        lived = Stretch(
            life.plant,
            before,
            turns,
            self._powers([one[of] for one in made], stored, production[of], consumption[of]),
            *(self._ended.kept() if self._ended else ()),
        )
        self._state = lived.state(int(given[-1]))
        return lived

    def _sums(self, made: Sequence[Whole], count: int) -> tuple[Whole, Whole]:
        """Production and consumption; a grid meter that acts leaves no other consumption than what is even."""
        producers, demands = len(self._life.plant.producers), len(made) - len(self._life.plant.demands)
        production = _sum(made[:producers], count)
        if demands < len(made):
            return production, production + _sum(made[demands:], count)
        return production, _sum(made[producers:], count)

    def _stored(self, turns: Whole, end: int, rest: Whole) -> tuple[Whole, Whole, list[Whole]]:
        """What the battery does in a stretch.

        Args:
            turns: epoch ms at which a source changes its power.
            end: epoch ms of the stretch.
            rest: W that the meters leave from each of these turns on.

        Returns:
            All turns, those of the battery included; for each the number of the given turn from which it follows;
            and the battery's W from each turn on, in a list that is empty if there is no battery.
        """
        if self._limits is None:
            return turns, np.arange(len(turns)), []
        (own,), (charge,) = self._life.plant.batteries, self._state.charges
        self._ended = self._limits
        wanted = _wanted(own.controls[0], rest) if own.controls else None
        found = Course(own, turns, end, wanted, charge, self._ended).run()
        self._limits = found.limits
        return found.turns, found.of, [found.powers]

    def _powers(
        self, made: Sequence[Whole], stored: Sequence[Whole], production: Whole, consumption: Whole
    ) -> list[Whole]:
        """The powers of all devices and sums, in the plant's order."""
        plant, given = self._life.plant, _sum(stored, len(production))
        rest = consumption - production - given
        demands = made[len(made) - len(plant.demands) :]
        grid = [*demands, *[np.zeros_like(rest)] * (len(plant.grid) - len(demands))]
        if grid:
            grid[0] = rest - _sum(grid[1:], len(rest))
        return [*made, *grid, *stored, production, consumption, given, rest]


def _is_plain(battery: Battery) -> bool:
    """Whether nothing controls it, or the first of its controls asks for a power whatever is left."""
    return not battery.controls or battery.controls[0].wanted(0) is not None


def _wanted(control: Control, rest: Whole) -> Whole:
    """What a control asks for, in W, by what meters leave."""
    try:
        found: object = control.wanted(cast("int", rest))
    except ValueError:  # it compares, so it cannot do with arrays
        found = [control.wanted(one) for one in rest.tolist()]
    return np.broadcast_to(np.asarray(found, np.int64), len(rest))


def _sum(powers: Sequence[Whole], count: int) -> Whole:
    return sum(powers, np.zeros(count, np.int64))
