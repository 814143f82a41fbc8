"""``Controller.IO.HeatingElement``: heats water with what would be sold, and for some time a day in any case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.daily_minimum import DailyMinimum
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import (
    HALF_WINDOW,
    cumulated_seconds,
    failures,
    log_of_failure,
    power,
    reading,
    state,
)
from edge_tasks.light.engine.state_machine import (
    LONG_AGO,
    RUNNING,
    SOON,
    Inputs,
    Outcome,
    Registers,
    RelayController,
    awaiting_hysteresis,
)
from edge_tasks.light.engine.time_of_day import ms_of_day
from edge_tasks.openems.components import CYCLE_MS, factory
from edge_tasks.openems.milliseconds import DAY_MS, HOUR_MS
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.light.engine.channels import Figure, Nullable, Powers, Reading
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.configuration import Component

_LEVELS: Final = (1, 2, 3)
_UNKNOWN, _INACTIVE, _ACTIVE, _FORCED = -1, 0, 1, 2
_PHASES: Final = 3
_GRID: Final = "_sum/GridActivePower"
_STATUS: Final = 4
"""The state is the level and this many times the status."""
_MANUAL_ON, _MANUAL_OFF, _AUTOMATIC = "MANUAL_ON", "MANUAL_OFF", "AUTOMATIC"
_NO_START: Final = -1
_HALF_CYCLE: Final = CYCLE_MS // 2
"""In ms. How long ago what a channel shows was, on the average."""


def _level(state: int) -> int:
    return state % _STATUS


def _status(state: int) -> int:
    return state // _STATUS


class _Heater(NamedTuple):
    """The registers.

    Attributes:
        state: level and status.
        since: epoch ms, since when.
        before: the state before.
        switched: epoch ms, when the level was last changed by what would be sold.
        counted: epoch ms, until when ``level1`` and so on are counted.
        level1: ms of this day at level 1.
        level2: at level 2.
        level3: at level 3.
        start: the second of the day at which heating is going to be forced; -1 if it is not.
    """

    state: int = -_STATUS
    since: int = LONG_AGO
    before: int = -_STATUS
    switched: int = LONG_AGO
    counted: int = LONG_AGO
    level1: int = 0
    level2: int = 0
    level3: int = 0
    start: int = _NO_START

    @property
    def level(self) -> int:
        """The level."""
        return _level(self.state)

    @property
    def phases(self) -> int:
        """The ms of this day, of all phases together."""
        return self.level1 + 2 * self.level2 + 3 * self.level3

    def counted_until(self, now: int) -> _Heater:
        """The same with the levels counted until now; a day begins with nothing."""
        midnight = now // DAY_MS * DAY_MS
        levels = [0, 0, 0] if self.counted < midnight else [self.level1, self.level2, self.level3]
        if self.level:
            levels[self.level - 1] += now - max(self.counted, midnight)
        return self._replace(counted=now, level1=levels[0], level2=levels[1], level3=levels[2])

    def at(self, moment: int) -> tuple[int, int, int]:
        """The ms of this day at each level, at epoch ms; exact since the latest change."""
        level = _level(self.state if moment >= self.since else self.before)
        levels = [self.level1, self.level2, self.level3]
        if level > 0:
            levels[level - 1] = max(0, levels[level - 1] + moment - self.counted)
        return levels[0], levels[1], levels[2]


@dataclass(frozen=True)
class HeatingElement(RelayController):
    """Three levels, with a relay each, by the power that would be sold.

    A level is not changed twice in the minimum switching time. In the work mode TIME it heats before the end time
    at its default level, if the day's minimum would be missed. The day is that of UTC, the zone of the platform's
    containers.

    Attributes:
        mode: by hand or by what would be sold.
        outputs: the relays of the three phases.
        default: the level that is set by hand, and by which the day's minimum is reached.
        power: W of each phase.
        switching: the minimum switching time in ms.
        minimum: what a day must have, of all phases together.
    """

    first: ClassVar[Registers] = tuple(_Heater())
    forgets: ClassVar[bool] = False
    mode: str
    outputs: tuple[str, str, str]
    default: int
    power: int
    switching: int
    minimum: DailyMinimum

    @property
    def inputs(self) -> tuple[str, ...]:
        """What would be sold, what comes from batteries, and the relays."""
        return _GRID, "_sum/EssDischargePower", *self.outputs

    @property
    def needed(self) -> tuple[str, ...]:
        """What would be sold, unless it is switched by hand."""
        return () if self.mode in (_MANUAL_ON, _MANUAL_OFF) else (_GRID,)

    @property
    def relays(self) -> tuple[str, ...]:
        """One for each phase."""
        return self.outputs

    @property
    def own(self) -> tuple[str, ...]:
        """Whether the level would change but for the minimum switching time, and the seconds of each level."""
        return awaiting_hysteresis(self.id), *_cumulated(self.id), *self.faults

    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """The next level, as it is set by hand, or by what would be sold."""
        heater = _Heater(*registers).counted_until(now)
        grid, discharged, *_ = inputs
        if self.mode == _MANUAL_ON:
            return self._outcome(heater, now, self.default, _ACTIVE)
        if self.mode == _MANUAL_OFF:
            return self._outcome(heater, now, 0, _INACTIVE)
        if grid is None:
            return Outcome(registers, values=self.failed(has_failed=True))
        excess = 0 if grid > 0 else heater.level * self.power - grid - max(0, discharged or 0)
        return self._automatic(heater, now, max(0, min(3, excess // self.power)) if self.power > 0 else 3)

    def _automatic(self, heater: _Heater, now: int, wanted: int) -> Outcome:
        level, until, awaiting = max(0, heater.level), NEVER, 0
        if wanted != level and now > heater.switched + self.switching:
            level, until, heater = wanted, now + SOON, heater._replace(switched=now)
        elif wanted != level and now > heater.switched:
            awaiting, until = 1, heater.switched + self.switching + 1
        elif wanted != level:
            until = now + SOON
        status, heater = _ACTIVE if level else _INACTIVE, heater._replace(start=_NO_START)
        moment, start = now % DAY_MS, self.minimum.start(heater.phases)
        if start is not None and moment <= self.minimum.end:
            heater = heater._replace(start=start // 1000)
            if moment > start and level <= self.default:
                level, status = self.default, _FORCED
            until = min(until, self.minimum.next_look(heater.phases, now, start, level))
        outcome = self._outcome(heater, now, level, status, until)
        return replace(outcome, values={**outcome.values, awaiting_hysteresis(self.id): awaiting})

    def _outcome(self, heater: _Heater, now: int, level: int, status: int, until: int = NEVER) -> Outcome:
        found = level + _STATUS * status
        if found != heater.state:
            heater = heater._replace(state=found, since=now, before=heater.state)
        relays = {address: int(number <= level) for number, address in enumerate(self._reached, 1)}
        seconds = {address: RUNNING * (number == level) for number, address in enumerate(_cumulated(self.id), 1)}
        values = {**relays, **({} if self.missing else seconds), **self.failed(has_failed=True)}
        return Outcome(tuple(heater), min(until, (now // DAY_MS + 1) * DAY_MS), values)

    @property
    def _reached(self) -> Sequence[str]:
        """The relays that it switches before it fails at one that does not exist."""
        first = next((number for number, one in enumerate(self.outputs) if one in self.missing), _PHASES)
        return self.outputs[:first]


def _cumulated(own_id: str) -> tuple[str, str, str]:
    return f"{own_id}/Level1CumulatedTime", f"{own_id}/Level2CumulatedTime", f"{own_id}/Level3CumulatedTime"


def _role(component: Component) -> HeatingElement:
    default = component.text("defaultLevel", "LEVEL_1")[-1:]
    level = int(default) if default in ("1", "2", "3") else 0
    least = HOUR_MS * component.integer("minTime", 1) if component.text("workMode", "TIME") == "TIME" else 0
    return HeatingElement(
        component.id,
        component.text("mode", _AUTOMATIC),
        (
            component.text("outputChannelPhaseL1"),
            component.text("outputChannelPhaseL2"),
            component.text("outputChannelPhaseL3"),
        ),
        level,
        component.integer("powerPerPhase", 2000),
        1000 * max(0, component.integer("minimumSwitchingTime", 60)),
        DailyMinimum(level * least, level, ms_of_day(component.text("endTime", "17:00"))),
    )


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    number = plant.machine(own_id)
    if plant.machines[number][1].faults:
        return _of_one_that_fails(own_id, plant, number)
    return ComponentChannels(
        (
            state(f"{own_id}/Level", number, _level),
            state(f"{own_id}/Status", number, _status),
            reading(f"{own_id}/ForceStartAtSecondsOfDay", _force_start(number)),
        ),
        [cumulated_seconds(address) for address in _cumulated(own_id)],
        averages=(
            reading(awaiting_hysteresis(own_id), power(plant.place[awaiting_hysteresis(own_id)])),
            *_times(own_id, number),
        ),
    )


def _of_one_that_fails(own_id: str, plant: Plant, number: int) -> ComponentChannels:
    """It says which level it wants, and counts nothing."""
    return ComponentChannels(
        (
            *failures(own_id, plant),
            state(f"{own_id}/Level", number, _level),
            reading(f"{own_id}/ForceStartAtSecondsOfDay", _force_start(number)),
        ),
        [cumulated_seconds(address, null=True) for address in _cumulated(own_id)],
        still={f"{own_id}/Status": _UNKNOWN},
    )


def _force_start(number: int) -> Nullable:
    def found(simulation: Simulation, _powers: Powers) -> int | None:
        start = _Heater(*simulation.states.registers(number)).start
        return None if start == _NO_START else start

    return found


def _times(own_id: str, number: int) -> Iterator[Reading]:
    """The seconds of this day at each level, and of each phase."""
    shown: dict[str, tuple[int, ...]] = {f"Level{level}Time": (level,) for level in _LEVELS}
    shown |= {f"Phase{level}Time": _LEVELS[level - 1 :] for level in _LEVELS}
    for name, levels in shown.items():
        yield reading(f"{own_id}/{name}", _seconds(number, levels))
    yield reading(f"{own_id}/TotalPhaseTime", _seconds(number, (1, 2, 2, 3, 3, 3)))


def _seconds(number: int, levels: tuple[int, ...]) -> Figure:
    """The average over five minutes is what was in their middle."""

    def found(simulation: Simulation, _powers: Powers) -> int:
        times = _Heater(*simulation.states.registers(number)).at(simulation.now - HALF_WINDOW - _HALF_CYCLE)
        return sum(times[level - 1] for level in levels) // 1000

    return found


DEVICE: Final = Device(factory("Controller.IO.HeatingElement"), _role, _channels, log_of_failure)
