"""What was observed of an edge → its state, the reason, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.proof.fault import Fault
from edge_tasks.registry.protocol import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.proof.expectation import Expectation
    from edge_tasks.registry.protocol import Words

_Found: TypeAlias = "tuple[Fault, EdgeState, str, str]"

SILENT_AFTER_S: Final = 90.0
"""The backend writes ``lastmessage`` every 30 s; older than this, an edge that sends has been silent."""

_RECONNECTS_S: Final = 120.0
"""A real edge that has lost its backend tries again after 10 to 109 s."""

DOWN: Final = ("the fleet is down", "inv up")
"""Why nothing is known of any edge, and what to type."""

_WRITE_AGAIN: Final = "inv gen-configs --force up"
_UNHIDE: Final = "delete the record rule for openems.device in Odoo (Settings, Technical, Record Rules)"


class EdgeState(Enum):
    """The state of an edge; the value is what people read."""

    ONLINE = "online"
    OFFLINE = "offline"
    SILENT = "silent"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Observation:
    """What was seen of one edge; None means that nothing could be asked.

    Attributes:
        running: its process or container runs.
        running_why: why not, in the runtime's words.
        running_hint: what to type then.
        online: what the backend says; None when the backend does not know it.
        tries: it connects again by itself when it has lost the backend.
        has_ended: nothing runs it now, so that it is not connected, whatever the backend says.
        may_be_dead: the backend may still have an older connection of it, from a machine that is gone.
        node: the machine of a Swarm on which it runs; empty elsewhere.
        restart: what to type so that this edge starts again.
        unasked: which service could not be asked, so that nothing is known; None if all could be.
        unasked_why: why not.
        unasked_hint: what to type then.
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
        backend_age_s: seconds since the backend was started.
        words: how people call the entries of the registry.
        is_late: ``online`` is what the backend wrote at its last ``lastmessage``, up to 30 s ago.
    """

    name: str
    running: bool
    running_why: str = ""
    running_hint: str = "inv up"
    online: bool | None = None
    tries: bool = False
    has_ended: bool = False
    may_be_dead: bool = False
    node: str = ""
    restart: str = "inv up"
    unasked: Fault | None = None
    unasked_why: str = ""
    unasked_hint: str = "inv up"
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
    backend_age_s: float = 0.0
    words: Words = ENTRIES
    is_late: bool = False

    @property
    def of_earlier_life(self) -> bool:
        """What is known was written before the last start of backend and edge."""
        if self.message_age_s is None:
            return self.is_late
        return (self.is_late or self.may_be_dead) and self.message_age_s >= self.settled_s


@dataclass(frozen=True)
class Verdict:
    """What is said about one edge.

    Attributes:
        why: the reason; like ``hint`` it is empty if the edge is online.
        fault: which of the known faults that is; None if the edge is online.
        values: by channel.
        may_change: it runs, and the backend knows it: waiting may help.
        message_age_s: seconds since the backend's ``lastmessage``; None when it has none.
        running: its process or container runs.
        node: the machine of a Swarm on which it runs; empty elsewhere.
    """

    name: str
    state: EdgeState
    why: str = ""
    hint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    may_change: bool = True
    message_age_s: float | None = None
    fault: Fault | None = None
    running: bool = True
    node: str = ""

    @property
    def is_well(self) -> bool:
        """Online with everything that is expected."""
        return self.state is EdgeState.ONLINE


def judge(seen: Observation, expected: Expectation) -> Verdict:
    """The first reason that explains the others."""
    if seen.online and (seen.of_earlier_life or seen.has_ended):
        seen = replace(seen, online=False, components=None)
    fault, state, why, hint = _fault(seen, expected) or (None, EdgeState.ONLINE, "", "")
    may_change = seen.running and seen.active is True and seen.online is not None and seen.unasked is None
    return Verdict(
        name=seen.name,
        state=state,
        why=why,
        hint=hint,
        values=seen.values,
        may_change=may_change,
        message_age_s=seen.message_age_s,
        fault=fault,
        running=seen.running,
        node=seen.node,
    )


def _fault(seen: Observation, expected: Expectation) -> _Found | None:
    if seen.unasked is not None:
        return seen.unasked, EdgeState.UNKNOWN, seen.unasked_why, seen.unasked_hint
    found = _of_row(seen) or _of_connection(seen)
    return found or _incomplete(seen, expected)


def _of_row(seen: Observation) -> _Found | None:
    amiss = EdgeState.INCOMPLETE if seen.online else EdgeState.OFFLINE  # the backend may have it all the same
    entry = seen.words.entry
    if not seen.registered:
        return Fault.NO_ROW, amiss, f"it has no {entry} in {seen.words.holder}", "inv register"
    if not seen.running:
        why = seen.running_why or "its process does not run"
        return Fault.NOT_RUNNING, EdgeState.OFFLINE, why, seen.running_hint
    if not seen.active:
        return Fault.ROW_ARCHIVED, amiss, f"its {entry} is archived, so that nobody sees it", "inv register"
    if seen.visible is False:
        return Fault.ROW_HIDDEN, amiss, "Odoo does not list its device, although the row is active", _UNHIDE
    if not seen.key_is_own:
        return Fault.ROW_OTHER_KEY, amiss, f"its {entry} has another apikey", "inv register"
    return None


def _of_connection(seen: Observation) -> _Found | None:
    if seen.online:
        return None
    offline = EdgeState.OFFLINE
    if not seen.takes_edges:
        return Fault.PORT_CLOSED, offline, "the backend's port for edges is not open", "inv register"
    if not seen.read:
        why = f"the backend started before its {seen.words.entry} was there"
        return Fault.ROW_UNREAD, offline, why, "inv register"
    if seen.online is None:
        return Fault.NOT_KNOWN, EdgeState.UNKNOWN, "the backend does not know it", "inv register"
    if seen.tries and seen.backend_age_s < _RECONNECTS_S:
        why = f"reconnecting: the backend was started {seen.backend_age_s:.0f} s ago"
        return Fault.RECONNECTING, offline, why, "inv verify"
    return Fault.NOT_CONNECTED, offline, seen.running_why or _not_connected(seen), seen.running_hint


def _not_connected(seen: Observation) -> str:
    if seen.is_late:
        return "the backend has not written that it is connected (it writes every 30 s)"
    return "the backend says that it is not connected"


def _incomplete(seen: Observation, expected: Expectation) -> _Found | None:
    incomplete = EdgeState.INCOMPLETE
    missing = sorted(expected.components - (seen.components or frozenset()))
    if seen.components is None:
        return Fault.NO_EDGE_CONFIG, incomplete, "the backend has no edgeConfig of it", seen.restart
    if missing:
        ignored = f" (not loaded: {'; '.join(seen.ignored)})" if seen.ignored else ""
        return Fault.COMPONENT_MISSING, incomplete, f"missing {', '.join(missing)}{ignored}", _WRITE_AGAIN
    if seen.message_age_s is not None and seen.message_age_s > SILENT_AFTER_S and seen.settled_s > SILENT_AFTER_S:
        why = f"connected, but silent for {seen.message_age_s:.0f} s"
        return Fault.SILENT, EdgeState.SILENT, why, seen.restart
    wrong = [text for channel, allowed in expected.figures.items() if (text := _wrong(seen, channel, allowed))]
    return (Fault.VALUE_WRONG, incomplete, "; ".join(wrong), _WRITE_AGAIN) if wrong else None


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
