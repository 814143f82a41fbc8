"""A battery that follows at once: the powers that it gives while the balance asks for others.

It is what :class:`~edge_tasks.light.engine.simulation.Simulation` does without a filter, to the watt and the
millisecond: at each turn it gives what is asked, within what it can and what state machines allow. It turns also
when it is full or empty, when a state machine's time has come, and when the state of charge leaves the range in
which their answers stay the same. Between these moments its charge is a sum, and the next of them is found in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import numpy as np

if TYPE_CHECKING:
    from edge_tasks.history.limits import Limits
    from edge_tasks.light.engine.plant import Battery
    from edge_tasks.timedata.points import Whole

_FIRST_LOOK: Final = 64
_LONGEST_LOOK: Final = 8192
_FAR: Final = 1 << 62


@dataclass(frozen=True)
class Followed:
    """What a battery did.

    Attributes:
        turns: epoch ms of all turns, its own included.
        of: for each of them the number of the given turn from which it follows.
        powers: W from each turn on.
        charge: W*ms in it at the last of the turns that were given.
        limits: the state machines at that turn.
    """

    turns: Whole
    of: Whole
    powers: Whole
    charge: int
    limits: Limits


class _Mode:
    """What a battery would give, and how its charge would change, if it never became full or empty.

    Its state machines are taken to allow the same power all the time.

    Args:
        battery: the battery.
        wanted: W from each turn on; None if nothing is asked.
        spans: ms from each turn to the next.
        most: W that it may give; None for no limit.
    """

    def __init__(self, battery: Battery, wanted: Whole | None, spans: Whole, most: int | None) -> None:
        limit = battery.limit
        high = limit if most is None else max(-limit, min(limit, most))
        power = np.full(len(spans), min(0, high)) if wanted is None else np.clip(wanted, -limit, high)
        path = np.zeros(len(spans) + 1, np.int64)
        np.cumsum(-power * spans, out=path[1:])
        self.power: Whole = power
        self.path: Whole = path
        self.above = np.where(power < 0, path[1:], -_FAR)
        self.below = np.where(power > 0, path[1:], _FAR)
        self.giving = _next(power > 0)
        self.taking = _next(power < 0)

    def first(self, place: int, before: int, battery: Battery, bounds: tuple[int, int]) -> int:
        """From a place on, the first span in which something else happens; the end if there is none.

        Args:
            place: of a turn.
            before: W*ms in the battery, less the path there.
            battery: it becomes full or empty.
            bounds: W*ms from which on, and below which nothing changes.
        """
        length, ends = _FIRST_LOOK, self.path[1:]
        least, most = bounds[0] - before, bounds[1] - before
        while place < len(self.power):
            part = slice(place, place + length)
            found = self.above[part] >= battery.full_from - before
            found |= self.below[part] < battery.empty_below - before
            found |= (ends[part] < least) | (ends[part] >= most)
            first = int(found.argmax())
            if found[first]:
                return place + first
            place += length
            length = min(2 * length, _LONGEST_LOOK)
        return len(self.power)


@dataclass
class Course:
    """A battery on its way through turns; it stands at a moment of one of their spans.

    Attributes:
        battery: the battery.
        turns: epoch ms, the first included.
        end: epoch ms, until which the last turn's power is asked for.
        wanted: W that are asked for, from each turn on; None if nothing is asked.
        charge: W*ms in it; at first at the first turn.
        limits: the state machines that limit it, as they were before the first turn; they go along.
        place: the number of the span.
    """

    battery: Battery
    turns: Whole
    end: int
    wanted: Whole | None
    charge: int
    limits: Limits
    place: int = 0
    _given: int = 0
    _modes: dict[int | None, _Mode] = field(default_factory=dict)
    _moments: list[Whole] = field(default_factory=list)
    _of: list[Whole] = field(default_factory=list)
    _powers: list[Whole] = field(default_factory=list)
    _last: tuple[int, Limits] | None = None

    def run(self) -> Followed:
        """Go through all turns."""
        while self.place < len(self.turns):
            self._turn()
            self._skip()
        charge, limits = self._last or (self.charge, self.limits)
        moments, of, powers = (np.concatenate(some) for some in (self._moments, self._of, self._powers))
        return Followed(moments, of, powers, charge, limits)

    def _turn(self) -> None:
        """Go through one span, with all turns in it."""
        moment, until = int(self.turns[self.place]), self._end(self.place)
        if self.place == len(self.turns) - 1:
            self._last = self.charge, self.limits.copy()
        while True:
            mode = self._mode(self.limits.asked(moment, self.charge))
            self._given, following = self._decided(mode, moment)
            self._add([moment], [self.place], [self._given])
            following = min(following, until)
            self.charge -= self._given * (following - moment)
            moment = following
            if moment >= until:
                break
        self.place += 1

    def _skip(self) -> None:
        """Go on to the next span in which something else than given turns happens."""
        place = self.place
        if place >= len(self.turns):
            return
        mode, limits, battery = self._mode(self.limits.most), self.limits, self.battery
        quiet = limits.quiet(self.charge)
        if quiet is None:
            return
        due = int(np.searchsorted(self.turns, limits.until, "right")) - 1 if limits.until < self.end else _FAR
        last = len(self.turns) - 1  # whose state is kept for what follows
        end = max(place, min(due, last))
        blocked = self._blocked(mode, place)
        if blocked > place:
            end = min(end, blocked)
            self._add(self.turns[place:end], np.arange(place, end), np.zeros(end - place, np.int64))
        else:
            before = self.charge - int(mode.path[place])
            end = min(end, mode.first(place, before, battery, quiet))
            self._add(self.turns[place:end], np.arange(place, end), mode.power[place:end])
            self.charge = before + int(mode.path[end])
        self.place = end

    def _end(self, place: int) -> int:
        return int(self.turns[place + 1]) if place + 1 < len(self.turns) else self.end

    @cached_property
    def _spans(self) -> Whole:
        return np.diff(self.turns, append=self.end)

    def _mode(self, most: int | None) -> _Mode:
        if most not in self._modes:
            self._modes[most] = _Mode(self.battery, self.wanted, self._spans, most)
        return self._modes[most]

    def _decided(self, mode: _Mode, moment: int) -> tuple[int, int]:
        """The power from a moment on, and until when it holds unless the balance changes."""
        power, charge = int(mode.power[self.place]), self.charge
        lasts = self.battery.lasts(charge, power) if power else 0
        if not lasts:
            return 0, self.limits.until
        return power, min(moment + lasts, self.limits.until, moment + self.limits.leaves(charge, power))

    def _blocked(self, mode: _Mode, place: int) -> int:
        """The turn until which a full or empty battery does nothing; the turn itself if it is neither."""
        power = int(mode.power[place])
        if not power or self.battery.lasts(self.charge, power):
            return place
        return int(mode.giving[place] if power < 0 else mode.taking[place])

    def _add(self, moments: Whole | list[int], of: Whole | list[int], powers: Whole | list[int]) -> None:
        if len(moments):
            for some, kept in ((moments, self._moments), (of, self._of), (powers, self._powers)):
                kept.append(np.asarray(some, np.int64))


def _next(wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Whole:
    """For each place the next one, itself included, that is wanted; the end if there is none."""
    count = len(wanted)
    places: Whole = np.where(wanted, np.arange(count), count)
    return cast("Whole", np.minimum.accumulate(places[::-1])[::-1])
