"""What was observed of an edge → its state, the reason, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.components import factory, is_meter, is_simulator
from edge_tasks.openems.load_curve_terms import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve import Profile

SILENT_AFTER_S: Final = 90.0
"""The backend writes ``lastmessage`` every 30 s; older than this, an edge that sends has been silent."""

DOWN: Final = ("the fleet is down", "inv up")
"""Why nothing is known of any edge, and what to type."""


class Condition(Enum):
    """The state of an edge; the value is what people read."""

    ONLINE = "online"
    OFFLINE = "offline"
    SILENT = "silent"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Expectation:
    """What an edge of a template must show.

    Attributes:
        components: ids that its ``edgeConfig`` must have.
        figures: allowed values by channel, those of its datasource or a range that its profile keeps; None where
            any number is right (the grid meter).
        unmeasured: its other meters, each with its factory: they are not simulated, so they may have no value.
    """

    components: frozenset[str]
    figures: Mapping[str, tuple[int, ...] | range | None]
    unmeasured: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observation:
    """What was seen of one edge; None means that nothing could be asked.

    Attributes:
        running: its process or container runs.
        running_why: why not, in the runtime's words.
        online: what the backend says; None when the backend does not know it.
        backend_why: why the backend could not be asked at all.
        backend_hint: what to type then.
        components: of the last ``edgeConfig``.
        ignored: config files that the edge does not load.
        values: by channel.
        registered: it has a row.
        active: Odoo and the UI show it.
        visible: Odoo lists its device; None if there is no Odoo.
        key_is_own: the apikey of its row is the one that the fleet gave it.
        read: the running backend has read that row.
        takes_edges: the backend's port for edges is open.
        message_age_s: seconds since the backend's ``lastmessage``.
        settled_s: seconds since backend and edge were last started, whichever is later.
        is_late: ``online`` is what the backend wrote at its last ``lastmessage``, up to 30 s ago.
    """

    name: str
    running: bool
    running_why: str = ""
    online: bool | None = None
    backend_why: str = ""
    backend_hint: str = "inv up"
    components: frozenset[str] | None = None
    ignored: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    registered: bool = True
    active: bool | None = True
    visible: bool | None = None
    key_is_own: bool = True
    read: bool = True
    takes_edges: bool = True
    message_age_s: float | None = None
    settled_s: float = 0.0
    is_late: bool = False

    @property
    def of_earlier_life(self) -> bool:
        """What is known was written before the last start of backend and edge."""
        return self.is_late and (self.message_age_s is None or self.message_age_s >= self.settled_s)


@dataclass(frozen=True)
class Verdict:
    """What is said about one edge.

    Attributes:
        why: the reason; like ``hint`` it is empty if the edge is online.
        values: by channel.
        may_change: it runs, and the backend knows it: waiting may help.
        message_age_s: seconds since the backend's ``lastmessage``; None when it has none.
        running: its process or container runs.
    """

    name: str
    condition: Condition
    why: str = ""
    hint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    may_change: bool = True
    message_age_s: float | None = None
    running: bool = True

    @property
    def is_well(self) -> bool:
        """Online with everything that is expected."""
        return self.condition is Condition.ONLINE


def expect(
    components: Iterable[Component],
    profile: Profile | None = None,
    is_simulated: Callable[[str], bool] = is_simulator,
) -> Expectation:
    """What follows from a template.

    Args:
        components: of the template.
        profile: the load shape of a light edge.
        is_simulated: whether the components of a factory have values on such an edge.
    """
    by_id = {component.id: component for component in components}
    meters = [c for c in by_id.values() if is_meter(c.factory_pid) and c.enabled]
    measured = [meter for meter in meters if is_simulated(meter.factory_pid)]
    figures = {f"{meter.id}/ActivePower": _figures(meter, by_id, profile) for meter in measured}
    others = tuple(f"{meter.id} ({meter.factory_pid})" for meter in meters if meter not in measured)
    return Expectation(frozenset(by_id), figures, others)


def judge(seen: Observation, expected: Expectation) -> Verdict:
    """The first reason that explains the others."""
    if seen.online and seen.of_earlier_life:
        seen = replace(seen, online=False, components=None)
    condition, why, hint = _fault(seen, expected) or (Condition.ONLINE, "", "")
    may_change = seen.running and seen.active is True and seen.online is not None and not seen.backend_why
    return Verdict(seen.name, condition, why, hint, seen.values, may_change, seen.message_age_s, seen.running)


def _figures(
    meter: Component, by_id: Mapping[str, Component], profile: Profile | None
) -> tuple[int, ...] | range | None:
    source = by_id.get(str(meter.properties.get("datasource.id")))
    values = source.properties.get("values") if source is not None and source.enabled else None
    kind = factory(meter.factory_pid).measures
    if kind not in KINDS or not isinstance(values, tuple):
        return None
    fixed = tuple(int(value) for value in values if not isinstance(value, str) or value.isdigit())
    bounds = profile.bounds(kind, fixed[0]) if profile and fixed else None
    return range(bounds[0], bounds[1] + 1) if bounds else fixed or None


def _fault(seen: Observation, expected: Expectation) -> tuple[Condition, str, str] | None:
    offline = Condition.OFFLINE
    amiss = Condition.INCOMPLETE if seen.online else offline  # the backend may have it all the same
    faults = (
        (seen.backend_why != "", Condition.UNKNOWN, seen.backend_why, seen.backend_hint),
        (not seen.registered, amiss, "it has no row in the device table", "inv register"),
        (not seen.running, offline, seen.running_why or "its process does not run", "inv up"),
        (not seen.active, amiss, "its row is archived: Odoo and the UI do not show it", "inv register"),
        (seen.visible is False, amiss, "Odoo does not list its device", "inv register"),
        (not seen.key_is_own, amiss, "its row has another apikey", "inv register"),
        (
            not seen.online and not seen.takes_edges,
            offline,
            "the backend's port for edges is not open",
            "inv register",
        ),
        (
            not seen.online and not seen.read,
            offline,
            "the backend started before its row was there",
            "inv register",
        ),
        (seen.online is None, Condition.UNKNOWN, "the backend does not know it", "inv register"),
        (not seen.online, offline, seen.running_why or _not_connected(seen), "inv up"),
    )
    first = next(((condition, why, hint) for holds, condition, why, hint in faults if holds), None)
    return first or _incomplete(seen, expected)


def _not_connected(seen: Observation) -> str:
    if seen.is_late:
        return "the backend has not written that it is connected (it writes every 30 s)"
    return "the backend says that it is not connected"


def _incomplete(seen: Observation, expected: Expectation) -> tuple[Condition, str, str] | None:
    missing = sorted(expected.components - (seen.components or frozenset()))
    if seen.components is None:
        return Condition.INCOMPLETE, "the backend has no edgeConfig of it", "inv status, then inv up"
    if missing:
        ignored = f" (not loaded: {'; '.join(seen.ignored)})" if seen.ignored else ""
        return Condition.INCOMPLETE, f"missing {', '.join(missing)}{ignored}", "inv gen-configs --force up"
    if seen.message_age_s is not None and seen.message_age_s > SILENT_AFTER_S and seen.settled_s > SILENT_AFTER_S:
        return Condition.SILENT, f"connected, but silent for {seen.message_age_s:.0f} s", "inv up"
    wrong = [text for channel, allowed in expected.figures.items() if (text := _wrong(seen, channel, allowed))]
    return (Condition.INCOMPLETE, "; ".join(wrong), "look at its config directory") if wrong else None


def _wrong(seen: Observation, channel: str, allowed: tuple[int, ...] | range | None) -> str:
    value = seen.values.get(channel)
    if value is None:
        return f"{channel} has no value"
    if not isinstance(value, int | float) or isinstance(value, bool):
        return f"{channel} is {value!r}, which is not a number"
    if isinstance(allowed, range):
        kept = allowed.start <= value < allowed.stop
        return "" if kept else f"{channel} is {value}, its profile says {allowed.start} to {allowed.stop - 1}"
    if allowed is not None and value not in allowed:
        return f"{channel} is {value}, its datasource says {' or '.join(map(str, allowed))}"
    return ""
