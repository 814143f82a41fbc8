"""One light edge: reads its directory, connects, sends its cycles, answers, and comes back when it is dropped."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from edge_tasks.light import channels, components, edge_config, protocol, simulation, wire
from edge_tasks.light.model import Endpoint, UnconfiguredError, model_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from edge_tasks.light.fleet_file import EdgeEntry
    from edge_tasks.light.model import Model
    from edge_tasks.light.ramp import Ramp
    from edge_tasks.light.reconnect import Law

State: TypeAlias = Literal["starting", "connecting", "connected", "refused", "waiting", "unconfigured"]

_LOG: Final = logging.getLogger(__name__)
_CYCLE: Final = 1000
_FULL_EVERY: Final = 300_000
_SECOND_FULL_AFTER: Final = 8_000
_ACCEPTED_AFTER: Final = 0.5
_STABLE_AFTER: Final = 5.0


@dataclass
class Surroundings:
    """What the edges of a host share.

    Attributes:
        ramp: says when an edge may connect.
        changed: called whenever an edge's status changed.
        reader: runs the reading of directories.
        rng: of waits and phases.
        law: how long an edge waits before it connects again.
        shared: the shape of the edges without a directory; None when there are none.
    """

    ramp: Ramp
    changed: Callable[[], None]
    reader: Executor
    rng: random.Random
    law: Law
    shared: Model | None = None


@dataclass
class Status:
    """An edge as the status file has it."""

    state: State = "starting"
    since: float = field(default_factory=time.time)
    why: str = ""
    connects: int = 0
    ignored: tuple[str, ...] = ()
    unsimulated: tuple[str, ...] = ()


class Edge:
    """One edge; :meth:`run` until cancelled, which closes its connection normally."""

    def __init__(self, entry: EdgeEntry, surroundings: Surroundings, memory: simulation.Memory) -> None:
        self.entry = entry
        self.status = Status()
        self._around = surroundings
        self._memory = memory
        self._simulation: simulation.Simulation | None = None
        self._config: edge_config.Json = {}
        self._constant: dict[str, channels.Value] = {}

    def memory(self) -> simulation.Memory:
        """The energy counters and charges, for a successor of the same name."""
        return self._simulation.memory() if self._simulation else self._memory

    async def run(self) -> None:
        """Read the directory, then connect again and again."""
        try:
            endpoint = await self._read()
        except UnconfiguredError as error:
            self._enter("unconfigured", str(error))
            return
        failures = 0
        while True:
            turn = await self._around.ramp.turn()
            self._enter("connecting")
            began = time.monotonic()
            state, why = await self._connection(endpoint, turn)
            failures = 1 if time.monotonic() - began > _STABLE_AFTER and state != "refused" else failures + 1
            self._enter(state, why)
            await asyncio.sleep(self._around.law.wait(self.entry.name, failures, self._around.rng))

    async def _read(self) -> Endpoint:
        directory = self.entry.directory
        model = self._around.shared if directory is None else await self._model(directory)
        if model is None:
            raise UnconfiguredError("the fleet file has no template for it")
        self.status.ignored = model.ignored
        self.status.unsimulated = model.unsimulated
        self._simulation = simulation.Simulation(model.plant, now_ms(), self._memory)
        self._config = model.config
        self._constant = model.constant
        return model.endpoint(self.entry.apikey)

    async def _model(self, directory: Path) -> Model:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._around.reader, components.read, directory)
        except OSError as error:
            raise UnconfiguredError(f"its directory cannot be read: {error.strerror}") from None
        for line in found.ignored:
            _LOG.warning("%s: ignored as Felix would: %s", self.entry.name, line)
        return model_of(found)

    async def _connection(self, endpoint: Endpoint, turn: float) -> tuple[State, str]:
        """One connection from upgrade to end: the state that follows, and why."""
        connected = False
        try:
            connection = await wire.connect(endpoint, self._answer, self.entry.source)
            connected = True
        except wire.NoWebsocketError as error:
            return "refused" if error.refused else "waiting", str(error)
        finally:
            self._around.ramp.done(turn, connected=connected)
        return await self._session(connection, endpoint)

    async def _session(self, connection: wire.Connection, endpoint: Endpoint) -> tuple[State, str]:
        opened = time.monotonic()
        accepted = asyncio.get_running_loop().call_later(_ACCEPTED_AFTER, self._accept)
        try:
            await self._send(connection)
        finally:
            accepted.cancel()
            open_for = time.monotonic() - opened
            await connection.close()
        code = connection.close_code
        if protocol.verdict(open_for, code) == "refused":
            return "refused", f"{endpoint.place} dropped the connection after the upgrade: is the apikey known?"
        return "waiting", f"{endpoint.place} closed the connection (code {code})"

    def _accept(self) -> None:
        self.status.connects += 1
        self._enter("connected")

    def _answer(self, message: bytes) -> bytes | None:
        return protocol.answer(message, self._config)

    async def _send(self, connection: wire.Connection) -> None:
        """All notifications of one connection, until it is gone."""
        model = self._simulation
        if model is None:
            return
        connection.send(protocol.edge_config(self._config))
        now = now_ms()
        full_at = [now + _SECOND_FULL_AFTER, now + _FULL_EVERY]
        aggregation = protocol.Aggregation(now)
        last: dict[str, channels.Value] = {}
        phase = self._around.rng.randrange(_CYCLE)
        while True:
            model.advance(now)
            current = self._constant | channels.changing(model)
            changed = {key: value for key, value in current.items() if key not in last or last[key] != value}
            full = now >= full_at[0]
            connection.send(protocol.timestamped_data(now // _CYCLE * _CYCLE, current if full else changed))
            window = aggregation.add(now, changed)
            if window is not None:
                connection.send(protocol.aggregated_data(*window))
            if full:
                full_at = [*full_at[1:], max(full_at[-1], now) + _FULL_EVERY]
            last = current
            if not await connection.pause((_CYCLE - (now - phase) % _CYCLE) / 1000):
                return
            now = now_ms()

    def _enter(self, state: State, why: str = "") -> None:
        if (self.status.state, self.status.why) != (state, why):
            _LOG.info("%s: %s%s", self.entry.name, state, f": {why}" if why else "")
        self.status.state, self.status.why, self.status.since = state, why, time.time()
        self._around.changed()


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
