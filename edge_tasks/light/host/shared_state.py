"""The objects that all edges of a host use."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.light.host.connection_log import ConnectionLog
from edge_tasks.light.wire.endpoint import UnconfiguredError
from edge_tasks.light.wire.model import Models
from edge_tasks.light.wire.tally import Tally
from edge_tasks.openems import configuration
from edge_tasks.openems.load_curve import Profile

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.host.beat import Beat
    from edge_tasks.light.host.fleet import EdgeEntry, Fleet
    from edge_tasks.light.host.ramp import Ramp
    from edge_tasks.light.host.trace import Trace
    from edge_tasks.light.wire.model import Model
    from edge_tasks.light.wire.reconnect import ReconnectPolicy
    from edge_tasks.openems.configuration import Configuration
    from edge_tasks.openems.load_curve_terms import Kind
    from edge_tasks.openems.sources import Datasource, Source

_LOG: Final = logging.getLogger(__name__)


class Connecting(Protocol):
    """An edge that wants to connect."""

    @property
    def gone(self) -> bool:
        """Whether it has been told to leave."""

    async def connect(self, turn: float) -> None:
        """Try to connect once.

        Args:
            turn: when the ramp let it in.
        """


@dataclass(frozen=True)
class _SharedGroup:
    """What the edges of a group share, ready for use.

    Attributes:
        template: the configuration and the model of those without a directory; None when there are none.
        profile: the load shape; None for the datasources' constants.
        source_key: the key of an edge's meter.
    """

    template: tuple[Configuration, Model] | None
    profile: Profile | None
    source_key: Callable[[str, str], str]


class SharedState:
    """The objects that all edges of a host use.

    Args:
        ramp: says when an edge may connect.
        beat: calls edges once a second.
        reader: runs the reading of directories in threads.
        rng: the source of random waits.
        policy: how long an edge waits before it connects again.

    Attributes:
        tally: counts what the edges do.
        connections: logs who connects and who is cut off.
        enqueue: called with an edge that wants to connect.
        changed: called whenever an edge's status changed.
        answers: whether the backend has answered some edge.
        trace: where it is noted what connections go through; None for nowhere.
        ca_file: the certificate authorities that are believed; None for the system's.
        keep: called when the memory file should be written soon.
    """

    def __init__(
        self, ramp: Ramp, beat: Beat, reader: Executor, rng: random.Random, policy: ReconnectPolicy
    ) -> None:
        self.ramp = ramp
        self.beat = beat
        self.rng = rng
        self.policy = policy
        self.tally = Tally()
        self.connections = ConnectionLog(time.monotonic)
        self.enqueue: Callable[[Connecting], None] = lambda _: None
        self.changed: Callable[[], None] = lambda: None
        self.keep: Callable[[], None] = lambda: None
        self.answers = False
        self.trace: Trace | None = None
        self.ca_file: Path | None = None
        self._reader = reader
        self._models = Models()
        self._groups: dict[str, _SharedGroup] = {}

    def write_trace(self) -> None:
        """Write what has been noted. A failure is logged; it is tried again the next time."""
        if self.trace is not None:
            try:
                self.trace.write()
            except OSError as error:
                _LOG.error("the trace cannot be written: %s", error.strerror)

    def take_over(self, fleet: Fleet) -> None:
        """Use a fleet's release, load shapes, and templates for edges without a directory from now on."""
        self.ca_file = fleet.ca_file
        if fleet.version != self._models.version:
            self._models = Models(fleet.version)
        self._groups = {
            name: _SharedGroup(
                self._read_template(group.files),
                None if group.profile is None else Profile.of(group.profile),
                group.source_key,
            )
            for name, group in fleet.groups.items()
        }

    def _read_template(self, files: Mapping[str, str]) -> tuple[Configuration, Model] | None:
        if not files:
            return None
        texts = ((PurePosixPath(path), text.encode()) for path, text in sorted(files.items()))
        found = configuration.configuration((path, text) for path, text in texts if path.suffix == ".config")
        for line in found.ignored:
            _LOG.warning("the shared template: ignored as Felix would: %s", line)
        return found, self._models.of(found)

    async def configured(self, entry: EdgeEntry) -> tuple[Configuration, Model]:
        """The configuration of an edge, and the model that it shares with others.

        Raises:
            UnconfiguredError: there is none.
        """
        if entry.directory is None:
            template = self._groups[entry.group].template
            if template is None:
                raise UnconfiguredError("the fleet file has no template for it")
            return template
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._reader, configuration.read, entry.directory)
        except OSError as error:
            raise UnconfiguredError(f"its directory cannot be read: {error.strerror}") from None
        for line in found.ignored:
            _LOG.warning("%s: ignored as Felix would: %s", entry.name, line)
        return found, self._models.of(found)

    def shaped(self, entry: EdgeEntry, plant: Plant) -> Sequence[Source | None]:
        """The powers of an edge's meters that take the place of their datasources, in the plant's order."""
        if self._groups[entry.group].profile is None:
            return [None] * len(plant.meters)
        made = (self._source("production", entry, *meter) for meter in plant.producers)
        used = (self._source("consumption", entry, *meter) for meter in plant.consumers)
        return [*made, *used, *[None] * len(plant.demands)]

    def _source(self, kind: Kind, entry: EdgeEntry, meter: str, datasource: Datasource) -> Source | None:
        group = self._groups[entry.group]
        if group.profile is None or not datasource.values:
            return None
        return group.profile.source(kind, datasource.at(0), group.source_key(entry.name, meter))
