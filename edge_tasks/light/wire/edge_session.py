"""What an edge sends while it is connected: its cycles, and what the backend has not heard."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from edge_tasks.light.wire import protocol
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.window import Window
from edge_tasks.openems.components import CYCLE_MS
from edge_tasks.openems.sources import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.light.wire.model import Model
    from edge_tasks.light.wire.tally import Tally
    from edge_tasks.light.wire.websocket import Connection

_FULL_EVERY: Final = 300_000
_SECOND_FULL_AFTER: Final = 8_000
_WATCH_EVERY: Final = 10_000
_NOTHING: Final = (0, b"", b"")


class EdgeSession:
    """One connection of an edge, from its announcement to its end.

    Args:
        connection: an open one.
        tally: counts what happens.
        model: what the edge is.
        simulation: of the edge.
        now: epoch ms.

    Attributes:
        simulation: of the edge.
        connection: as given.
        answered: whether the backend has sent anything, which it does only if it accepts the apikey.
        logs: whether somebody wants a line of log with each cycle.
        windows_after: how many ms after its end a window is sent, less than a window is long; at first 0.
    """

    __slots__ = (
        "_full_at",
        "_model",
        "_rarely_at",
        "_resend_at",
        "_second_full_at",
        "_tally",
        "_unheard",
        "_values",
        "_waiting",
        "_waiting_until",
        "_watch_at",
        "_window",
        "answered",
        "connection",
        "logs",
        "simulation",
        "windows_after",
    )

    def __init__(
        self, connection: Connection, tally: Tally, model: Model, simulation: Simulation, now: int
    ) -> None:
        self.connection = connection
        self.answered = False
        self.logs = False
        self.windows_after = 0
        self._tally = tally
        self._second_full_at = now + _SECOND_FULL_AFTER
        self._watch_at = now + _WATCH_EVERY
        self._resend_at = NEVER
        self._waiting = _NOTHING
        self._waiting_until = NEVER
        self._unheard: Iterator[bytes] | None = None
        self.become(model, simulation, now)

    def become(self, model: Model, simulation: Simulation, now: int) -> None:
        """Go on as such an edge: announce it now, and send all channels in the next cycle."""
        simulation.advance(now)
        self._model = model
        self.simulation = simulation
        self._values = ChannelValues(model.channels, simulation)
        self._window = Window(simulation)
        self._full_at = self._rarely_at = now
        self.connection.send(model.announcement)

    def resend(self, unheard: Iterator[bytes], at: int) -> None:
        """Send these messages, one a cycle, from epoch ms on."""
        self._unheard = unheard
        self._resend_at = at
        self._rarely_at = min(self._rarely_at, at)

    def unsent(self) -> tuple[bytes, ...]:
        """The window that waits, as a message for a later connection; nothing if none does."""
        if self._waiting_until == NEVER:
            return ()
        start, known, own = self._waiting
        return (protocol.resend_data(start, b",".join((known, own))),)

    def cycle(self, now: int) -> None:
        """Send what has changed; called by the beat once a second."""
        connection, simulation = self.connection, self.simulation
        if connection.is_full:
            self._tally.dropped += 1
            return
        full = now >= self._rarely_at and self._rarely(now)
        simulation.advance(now)
        channels = self._values.everything() if full else self._values.changes()
        connection.send(protocol.timestamped_data(now // CYCLE_MS * CYCLE_MS, channels))
        if self.logs and (line := self._model.log_line) is not None:
            connection.send(protocol.system_log(moment(now), line.source, line.text(simulation)))

    def _rarely(self, now: int) -> bool:
        """Do what is not due in each cycle, and return whether all channels must be sent."""
        full = now >= min(self._full_at, self._second_full_at)
        if now >= self._full_at:
            self._full_at = now + _FULL_EVERY
        if now >= self._second_full_at:
            self._second_full_at = NEVER
        if now >= self._watch_at:
            self._watch_at = now + _WATCH_EVERY
            self.connection.watch()
        if now >= self._waiting_until:
            self._send_window()
        if now >= self._window.end:
            self._close_window(now)
        if now >= self._resend_at:
            self._resend_at = now if self._resend() else NEVER
        self._rarely_at = min(
            *(self._full_at, self._second_full_at, self._watch_at),
            *(self._window.end, self._waiting_until, self._resend_at),
        )
        return full

    def _close_window(self, now: int) -> None:
        window, simulation, channels = self._window, self.simulation, self._model.channels
        simulation.advance(window.end)
        self._waiting = window.start, channels.known, window.close(simulation, channels)
        self._waiting_until = window.end + self.windows_after
        self._window = Window(simulation)
        if now >= self._waiting_until:
            self._send_window()

    def _send_window(self) -> None:
        """Send the window that waits. What edges share of it is joined only now: meanwhile it costs no memory."""
        start, known, own = self._waiting
        self.connection.send(protocol.aggregated_data(start, b",".join((known, own))))
        self._waiting, self._waiting_until = _NOTHING, NEVER

    def _resend(self) -> bool:
        """Send one more message that was not heard, and return whether there may be more."""
        message = next(self._unheard, None) if self._unheard is not None else None
        if message is None:
            self._unheard = None
            return False
        self._tally.resent += 1
        self.connection.send(message)
        return True


def moment(now: int) -> str:
    """Epoch ms as OpenEMS writes a moment: ``2026-11-23T22:08:54.123Z``."""
    return datetime.fromtimestamp(now / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"
