"""An incident as people write it: in the fleet file, or after ``--incident``. Pure.

Its days and moments stay texts here, since their time zone is typed later.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from edge_tasks.errors import SettingsError
from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.day_or_moment import read_day_or_moment
from edge_tasks.fleet.groups import ranges_of
from edge_tasks.openems.milliseconds import DAY_MS, HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KIND: Final = "kind"
KEYS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.GAP: ("from", "to"),
    kinds.METER_REPLACED: ("meter", "at"),
    kinds.COUNTER_RESET: ("at",),
    kinds.CLOCK: ("from", "to", "shift"),
    kinds.LATE: ("from", "to"),
    kinds.DUPLICATES: ("from", "to"),
    kinds.JOINED: ("at",),
    kinds.LEFT: ("at",),
}
"""The keys that each kind must have."""
MAY_HAVE: Final[Mapping[str, tuple[str, ...]]] = {kinds.COUNTER_RESET: ("channel",)}
EXAMPLE: Final = "gap edges=3-5 from=2026-01-03 to=2026-01-04"
WHOSE: Final = ("edges", "group")
"""The keys that say of which edges it is; without them it is of all light edges."""
_SHIFT: Final = re.compile(r"([+-]?)([1-9][0-9]{0,4})(s|m|h)")
_MS: Final = {"s": 1000, "m": MINUTE_MS, "h": HOUR_MS}


def _is_text(value: object) -> bool:
    """A text, or a number that stands for one: ``edges: 3``."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_moment(text: str) -> bool:
    try:
        read_day_or_moment(text)
    except ValueError:
        return False
    return True


def _shift_ms(text: str) -> int | None:
    """The ms of ``-1h``; None if it is something else, or more than a day."""
    found = _SHIFT.fullmatch(text)
    length = int(found[2]) * _MS[found[3]] if found else 0
    if not 0 < length <= DAY_MS:
        return None
    return -length if found and found[1] == "-" else length


class Key(NamedTuple):
    """A key of an incident.

    Attributes:
        allowed: what its value may be, for people.
        is_allowed: whether a value is that.
    """

    allowed: str
    is_allowed: Callable[[str], object]


_MOMENT: Final = "a day such as 2026-01-03, or a moment such as 2026-01-03T10:00Z"
KEYS: Final[Mapping[str, Key]] = {
    "edges": Key("indices, ascending: 3, or 3-5, or 0,3-5", ranges_of),
    "group": Key("the name of a group of the fleet file", bool),
    "from": Key(_MOMENT, _is_moment),
    "to": Key(_MOMENT, _is_moment),
    "at": Key(_MOMENT, _is_moment),
    "meter": Key("the id of a meter, such as meter3", re.compile(r"[^/\s]+").fullmatch),
    "channel": Key("a counter, such as meter3/ActiveConsumptionEnergy", re.compile(r"[^/\s]+/[^/\s]+").fullmatch),
    "shift": Key("by how much the clock is fast, up to 24h: +1h, -90s", _shift_ms),
}
"""All keys beside the kind."""


class EntryFault(NamedTuple):
    """What is wrong with an incident.

    Attributes:
        problem: for people.
        allowed: what it may say, for people.
        key: where; empty for the whole.
    """

    problem: str
    allowed: str
    key: str = ""


@dataclass(frozen=True)
class IncidentEntry:
    """An incident as it was written.

    Attributes:
        kind: one of :data:`KEYS_OF`.
        words: the other keys with their values.
        where: ``FILE:LINE``, or the option with its text.
    """

    kind: str
    words: Mapping[str, str]
    where: str

    @property
    def ranges(self) -> tuple[range, ...] | None:
        """The indices that it names; None if it names none."""
        return ranges_of(self.words["edges"]) if "edges" in self.words else None

    @property
    def group(self) -> str:
        """The name of the group; empty for none."""
        return self.words.get("group", "")

    @property
    def of(self) -> str:
        """The meter or the channel; empty for none."""
        return self.words.get("meter") or self.words.get("channel", "")

    @property
    def shift_ms(self) -> int:
        """By how many ms the clock is fast; 0 if it says nothing about that."""
        return _shift_ms(self.words.get("shift", "")) or 0

    def error(self, problem: str, hint: str = "") -> SettingsError:
        """An error that names where it was written."""
        return SettingsError(f"{self.where}: {problem}", hint=hint)


def find_fault(entry: Mapping[str, object]) -> EntryFault | None:
    """What is wrong with an incident, given as its keys and values; None if nothing is."""
    kind = entry.get(KIND)
    if not isinstance(kind, str) or kind not in KEYS_OF:
        problem = "an incident without kind" if kind is None else f"kind is {kind!r}"
        return EntryFault(problem, f"one of {', '.join(KEYS_OF)}", "" if kind is None else KIND)
    wanted = KEYS_OF[kind]
    known = (KIND, *wanted, *MAY_HAVE.get(kind, ()), *WHOSE)
    for key, value in entry.items():
        if key not in known:
            return EntryFault(f"{kind} has no {key}", ", ".join(known), key)
        if key != KIND and not (_is_text(value) and KEYS[key].is_allowed(str(value))):
            return EntryFault(f"{key} is {value!r}", KEYS[key].allowed, key)
    for key in wanted:
        if key not in entry:
            return EntryFault(f"{kind} without {key}", f"{key}, which is {KEYS[key].allowed}")
    return None


def entry_of(entry: Mapping[str, object], where: str) -> IncidentEntry:
    """An incident that has no fault."""
    words = {key: str(value) for key, value in entry.items() if key != KIND}
    return IncidentEntry(str(entry[KIND]), words, where)


def typed(text: str) -> IncidentEntry:
    """The incident of a text such as ``gap edges=3-5 from=2026-01-03 to=2026-01-04``.

    Raises:
        SettingsError: it means nothing.
    """
    where = f"--incident {text!r}"
    try:
        kind, *pairs = shlex.split(text)
        entry = {KIND: kind, **dict(pair.split("=", 1) for pair in pairs)}
    except ValueError:  # no words, no = in one of them, or a quote without an end
        kind, pairs, entry = "", [], {}
    if len(entry) != 1 + len(pairs):
        raise SettingsError(f"{where} cannot be read", hint=f"KIND KEY=VALUE …, each key once: {EXAMPLE!r}")
    if fault := find_fault(entry):
        raise SettingsError(f"{where}: {fault.problem}", hint=f"allowed: {fault.allowed}")
    return entry_of(entry, where)
