"""One light edge: it reads what it is, connects, and comes back when it is dropped.

It has a task only while it connects. While it is connected it has a :mod:`.edge_session`, which the host's
:mod:`.beat` calls once a second. Its connection calls the edge itself when a message comes.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from itertools import chain
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.memory import Command, Memory
from edge_tasks.light.host.beat import now_ms
from edge_tasks.light.host.edge_status import Status
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.light.host.simulated_edge import SimulatedEdge, simulated_edge
from edge_tasks.light.host.trace import HEARD
from edge_tasks.light.wire import protocol, requests, resend, websocket
from edge_tasks.light.wire.config_changes import Change, changed
from edge_tasks.light.wire.edge_session import EdgeSession, moment
from edge_tasks.light.wire.endpoint import UnconfiguredError, endpoint_of
from edge_tasks.light.wire.model import model_of
from edge_tasks.light.wire.window import LENGTH, sent_after
from edge_tasks.openems.release import release_of

if TYPE_CHECKING:
    from edge_tasks.light.host.edge_status import State
    from edge_tasks.light.host.fleet import EdgeEntry
    from edge_tasks.light.host.shared_state import SharedState
    from edge_tasks.light.wire.model import Model

_ACCEPTED_AFTER: Final = 0.5
_STABLE_AFTER: Final = 5.0
_ANSWERED_WITHIN: Final = 10.0
_KNOWN_TO_ANSWER_WITHIN: Final = 1.0
"""A backend that has answered no edge so far may be one that never answers."""
_NOTHING: Final = Snapshot(Memory({}, {}))
"""The snapshot of an edge that has a running simulation, which knows more; all such edges share it."""


class Edge:
    """One edge.

    Args:
        entry: of the fleet file.
        shared: what it shares with the other edges.
        snapshot: of an earlier run.

    Attributes:
        entry: as given.
        gone: it is not to connect any more.
        status: for the status file.
    """

    __slots__ = (
        "_failures",
        "_journal",
        "_opened",
        "_session",
        "_shared",
        "_simulated",
        "_snapshot",
        "_told",
        "_turn",
        "_unsent",
        "entry",
        "gone",
        "status",
    )

    def __init__(self, entry: EdgeEntry, shared: SharedState, snapshot: Snapshot) -> None:
        self.entry = entry
        self.status = Status()
        self.gone = False
        self._shared = shared
        self._snapshot = snapshot.fitting(entry.configuration_hash)
        self._journal = self._snapshot.journal
        self._simulated: SimulatedEdge | None = None
        self._session: EdgeSession | None = None
        self._failures = 0
        self._opened = 0.0
        self._turn: float | None = None
        self._told: str | None = None
        self._unsent: tuple[bytes, ...] = ()

    def snapshot(self) -> Snapshot:
        """What the next edge of the same name goes on from."""
        if self._simulated is None:
            return self._snapshot
        return Snapshot(self._simulated.simulation.memory(), self.entry.configuration_hash, self._journal)

    async def connect(self, turn: float) -> None:
        """Try once. After a failure the edge asks for its next turn by itself.

        Args:
            turn: when the ramp let it in.
        """
        self._turn = turn
        try:
            if self._simulated is None:
                self._simulated = await self._read()
            await self._open(self._simulated)
        except UnconfiguredError as error:
            self._arrived(connected=False)
            self._enter("unconfigured", str(error))
        except BaseException:
            self._arrived(connected=False)
            raise

    def _arrived(self, *, connected: bool) -> None:
        """Tell the ramp how this turn ended, unless it has been told."""
        turn, self._turn = self._turn, None
        if turn is not None:
            ramp = self._shared.ramp
            ramp.done(turn if self._shared.answers else ramp.now(), connected=connected)

    def leave(self) -> None:
        """Close the connection normally, and never connect again."""
        self.gone = True
        if self._session is not None:
            self._shared.beat.remove(self._session, self.entry.place)
            self._session.connection.leave()

    async def left(self) -> None:
        """Wait until the connection is closed."""
        if self._session is not None:
            await self._session.connection.left()

    def drop(self) -> None:
        """End the connection without waiting for the backend."""
        if self._session is not None:
            self._session.connection.drop()

    async def _read(self) -> SimulatedEdge:
        configuration, model = await self._shared.configured(self.entry)
        if changes := self._journal.changes:
            model = model_of(changed(model.configuration, changes), version=model.version)
        self.status.ignored = model.ignored
        self.status.unsimulated = model.unsimulated
        endpoint = endpoint_of(configuration.backend(), self.entry.apikey)
        return simulated_edge(model, endpoint, self._snapshot.memory, self.entry, self._shared)

    async def _open(self, simulated: SimulatedEdge) -> None:
        self._begin_try()
        self._opened = time.monotonic()
        connection = websocket.Connection(self, self._shared.tally)
        try:
            await websocket.connect(simulated.endpoint, connection, self.entry.source, self._shared.ca_file)
        except websocket.NoWebsocketError as error:
            self._failed("refused" if error.refused else "waiting", str(error))
            return
        if self.gone:
            self._arrived(connected=True)
            connection.leave()
        elif connection.is_open:
            self._begin(simulated, connection)
        else:
            self.ended(None)

    def _begin_try(self) -> None:
        """Note that it connects; one that was refused the last time is still that, until it is accepted."""
        if self.status.state == "refused":
            self._trace("connecting")
        else:
            self._enter("connecting")

    def _begin(self, simulated: SimulatedEdge, connection: websocket.Connection) -> None:
        self._trace("open")
        now = now_ms()
        session = self._session = EdgeSession(
            connection, self._shared.tally, simulated.model, simulated.simulation, now
        )
        session.windows_after = self._windows_after(simulated.model)
        self._recall(simulated, session, now)
        session.cycle(now)
        connection.send(protocol.first_request(str(uuid.uuid4())))
        self._shared.beat.add(session, self.entry.place)
        loop = asyncio.get_running_loop()
        loop.call_later(_ACCEPTED_AFTER, self._accept, session)
        patience = _ANSWERED_WITHIN if self._shared.answers else _KNOWN_TO_ANSWER_WITHIN
        loop.call_later(patience, self._give_up, self._turn)

    def _windows_after(self, model: Model) -> int:
        within_s = release_of(model.version).aggregated_after_s
        return sent_after(self.entry.name, self._shared.policy.life, within_s)

    def _recall(self, simulated: SimulatedEdge, session: EdgeSession, now: int) -> None:
        """Plan to send what the backend missed since this edge was cut off, in this run or in an earlier one."""
        memory, self._snapshot = self._snapshot.memory, _NOTHING
        unheard = chain(self._unsent)
        self._unsent = ()
        shared = self._shared
        if memory.seen is not None and memory.seen // LENGTH != now // LENGTH:
            shared.tally.dropped += resend.lost(memory, now)
            unheard = chain(unheard, simulated.unheard(memory, now, self.entry, shared))
        session.resend(unheard, now + shared.policy.resend_after(shared.rng))

    def _accept(self, session: EdgeSession) -> None:
        """Count as connected: a backend that keeps the connection for half a second knows the apikey."""
        if self._session is session:
            self.status.connects += 1
            self._shared.tally.connects += 1
            self._enter("connected")
            self.status.since -= time.monotonic() - self._opened

    def _give_up(self, turn: float | None) -> None:
        """End the turn without an answer: the backend is slow, unless it never answers anybody."""
        if turn is not None and turn == self._turn:
            self._arrived(connected=not self._shared.answers)

    def heard(self, message: bytes) -> None:
        """Called by the connection: answer a request, and do what it asks."""
        self._shared.answers = True
        self._arrived(connected=True)
        self._trace(HEARD)
        simulated, session, now = self._simulated, self._session, now_ms()
        if simulated is None or session is None:
            return
        session.answered = True
        reply, effect = requests.answer(message, simulated.model, requests.Moment(now, moment(now)[:19]))
        if reply is not None:
            session.connection.send(reply)
        if isinstance(effect, Change):
            self._change(effect, simulated, session, now)
        elif isinstance(effect, Command):
            simulated.simulation.advance(now)
            simulated.simulation.command(effect)
            self._journal = self._journal.noting(simulated.simulation.now, effect)
            self._shared.keep()
        elif isinstance(effect, requests.Subscription):
            session.logs = effect.wanted

    def _change(self, change: Change, simulated: SimulatedEdge, session: EdgeSession, now: int) -> None:
        """Become what the changed configuration describes, and announce it."""
        simulated.simulation.advance(now)
        after = self._simulated = simulated.changed(change, self.entry, self._shared)
        self._journal = self._journal.noting(simulated.simulation.now, change)  # not before: it can be simulated
        self.status.unsimulated = after.model.unsimulated
        session.become(after.model, after.simulation, now)
        self._shared.keep()

    def ponged(self, seconds: float) -> None:
        """Called by the connection: a ping was answered."""
        self._trace("ping", seconds)

    def ended(self, close_code: int | None) -> None:
        """Called by the connection when it is gone."""
        simulated, session, self._session = self._simulated, self._session, None
        self._shared.tally.disconnects += self.status.state == "connected"
        self._arrived(connected=False)
        if session is not None:
            self._trace("ended", ago=session.connection.dead_for)
            self._shared.beat.remove(session, self.entry.place)
            self._snapshot = self.snapshot()
            self._unsent = session.unsent()
        if self.gone or simulated is None:
            return
        place = simulated.endpoint.place
        was_answered = session is not None and session.answered
        if not was_answered and protocol.verdict(time.monotonic() - self._opened, close_code) == "refused":
            self._failed("refused", f"{place} dropped the connection after the upgrade: is the apikey known?")
        else:
            self._failed("waiting", f"{place} closed the connection (code {close_code})")

    def _failed(self, state: State, why: str) -> None:
        """Note a failure, and try again after a while."""
        self._arrived(connected=False)
        stable = time.monotonic() - self._opened > _STABLE_AFTER and state != "refused"
        self._failures = 1 if stable else self._failures + 1
        self._shared.tally.refusals += state == "refused"
        self._enter(state, why)
        if not self.gone:
            wait = self._shared.policy.wait(self.entry.name, self._failures, self._shared.rng)
            asyncio.get_running_loop().call_later(wait, self._shared.enqueue, self)

    def _enter(self, state: State, why: str = "") -> None:
        if state != "connecting" and self._told != why:  # a reason that every try has is logged once
            self._told = why
            self._shared.connections.note(self.entry.name, state, why)
        self.status.state, self.status.why, self.status.since = state, why, time.time()
        self._shared.changed()
        self._trace(state, why)

    def _trace(self, event: str, detail: float | str | None = None, ago: float = 0.0) -> None:
        if (trace := self._shared.trace) is not None:
            trace.note(self.entry.name, event, detail, ago)
