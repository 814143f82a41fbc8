"""The processes that run light edges, on this machine or in a container, and how they get their edges."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from edge_tasks.adapters.files import in_utf8, text_of, write_file, writing
from edge_tasks.adapters.processes import until
from edge_tasks.errors import CommandFailed
from edge_tasks.light.host import memories
from edge_tasks.openems.release import DEFAULT
from edge_tasks.plan import counted
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.runtimes import light_groups
from edge_tasks.runtimes.plans import LightStart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path, PurePath

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.runtimes.light_groups import Render
    from edge_tasks.runtimes.light_options import LightOptions

_LOOK_S: Final = 0.02
_MEMORY_FILE: Final = "light-memory.json"
_STUCK_S: Final = 30.0
"""A process writes its status at least every 5 s, a large one a little later; older than this, it is stuck."""
_TRYING: Final = frozenset({"starting", "connecting", "connected", "waiting"})
"""States of an edge in which it connects by itself; a refused one waits in vain."""


class HostProcess(Protocol):
    """What starts and finds the process: a daemon of this machine, or a container."""

    @property
    def config(self) -> Path:
        """The fleet file."""

    @property
    def log(self) -> Path | str:
        """Where its output is, for people."""

    def find(self) -> object | None:
        """The running process, or None."""

    def start(self, config: str) -> None:
        """Write the fleet file and start it."""

    def stop(self) -> bool:
        """Have it end, and keep what its edges have counted; whether it ran."""

    def require(self, what: str) -> None:
        """Raise when it has ended."""


class LightHost:
    """Processes, each with a part of the fleet, and their files.

    Args:
        process: the process; its status and memory lie beside its fleet file.
        seen_as: where the process itself sees that folder.
        edges_folder: where the edges' directories are.
        fleet: whose edges.
        render: the files of an edge, for those that have no directory.
        blueprints: gives what the edges are made of.
        options: how the edges are to run.

    Attributes:
        starts_s: how many seconds the processes may take until they have their edges.
        starts_again: processes that run and do not take their edges in that time are ended and started again.
    """

    starts_s: ClassVar[float] = 30.0
    starts_again: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913 - where it runs, whose edges, and how
        self,
        process: HostProcess,
        seen_as: PurePath,
        edges_folder: Path,
        fleet: Fleet,
        render: Render,
        *,
        blueprints: Callable[[], Blueprints],
        options: LightOptions,
    ) -> None:
        self.process = process
        self._seen_as = seen_as
        self._edges_folder = edges_folder
        self._fleet = fleet
        self._blueprints = blueprints
        self._render = render
        self._folder = process.config.parent
        self._options = options

    def fleet_file(self, written: Mapping[str, Written]) -> str:
        """What the host reads: edges with a directory and what it holds, and those that share one template."""
        own = [edge for edge in self._fleet.edges_with_directory if edge.name in written]
        document: dict[str, object] = {
            "status_file": in_utf8(self._seen_as / "light-status.json"),
            "memory_file": in_utf8(self._seen_as / _MEMORY_FILE),
            **self._options.shares(len(written) + self._fleet.light),
            "connect_rate": self._options.connect_rate,
            "reconnect": self._options.reconnect,
            **({"version": self._options.version} if self._options.version != DEFAULT.since else {}),
            **self._options.metrics,
            "edges": [self._entry(edge, written[edge.name]) for edge in own],
        }
        light = self._fleet.light_edges
        document |= light_groups.members(self._blueprints(), own, light, self._render)
        revision = hashlib.sha256(json.dumps(document).encode()).hexdigest()[:16]
        return json.dumps({"revision": revision, **document}, ensure_ascii=False)

    def _entry(self, edge: Edge, written: Written) -> dict[str, str]:
        directory = in_utf8(self._edges_folder / edge.directory)
        return {"name": edge.name, "directory": directory, "digest": str(written)}

    def find(self, written: Mapping[str, Written]) -> LightStart | None:
        """What the host must be given so that it runs the edges, each as written; None if it runs them."""
        fleet_file = self.fleet_file(written)
        is_running = self.process.find() is not None
        is_stuck = is_running and self._is_stuck()
        if is_running and not is_stuck and text_of(self.process.config) == fleet_file:
            return None
        return LightStart(fleet_file, len(written) + self._fleet.light, is_running, is_stuck)

    def start(self, planned: LightStart) -> str:
        """Tell the host its edges, starting it when it does not run, and wait until it has taken them.

        Raises:
            CommandFailed: it ended, or did not take them within :attr:`starts_s`.
        """
        goes_on = planned.is_running and not planned.is_stuck
        if not (goes_on and self._is_told(planned)):
            if goes_on and not self.starts_again:
                raise self._too_late()
            self._start_again(planned)
        return f"light host has {counted(planned.count, 'edge')}"

    def _is_told(self, planned: LightStart) -> bool:
        """Tell the running host; False if it does not take its edges in time."""
        write_file(self.process.config, planned.fleet_file)
        return self._takes(planned)

    def _start_again(self, planned: LightStart) -> None:
        if planned.is_running:
            self.process.stop()
        for file in self._status_files():
            with writing(file):
                file.unlink(missing_ok=True)
        self.process.start(planned.fleet_file)
        if not self._takes(planned):
            raise self._too_late()

    def _too_late(self) -> CommandFailed:
        return CommandFailed("the light host did not start its edges", hint=f"see {self.process.log}")

    def _takes(self, planned: LightStart) -> bool:
        told = json.loads(planned.fleet_file)
        wanted = [told["revision"]] * told["processes"]
        deadline = time.monotonic() + self.starts_s
        while [status.get("revision") for status in self._statuses()] != wanted:
            self.process.require("light host")
            if not until(deadline, _LOOK_S):
                return False
        return True

    @property
    def memory_file(self) -> Path:
        """Where it keeps what its edges have counted, one file or several of this name with a number."""
        return self._folder / _MEMORY_FILE

    def runs(self) -> bool:
        """Whether its process runs."""
        return self.process.find() is not None

    def stop(self) -> bool:
        """Have it end, and keep what its edges have counted; whether it ran."""
        return self.process.stop()

    def clear(self) -> None:
        """Have it end, and remove what its edges have counted and what people changed of them."""
        self.process.stop()
        for file in memories.family(self.memory_file):
            with writing(file):
                file.unlink(missing_ok=True)

    def processes(self) -> dict[str, EdgeProcess]:
        """What the host says of its edges, by name; empty when it does not run."""
        if self.process.find() is None:
            return {}
        return {
            name: EdgeProcess(
                running=edge["state"] != "unconfigured",
                why=edge["why"] or ("it is starting" if edge["state"] == "starting" else ""),
                since=edge["since"],
                ignored=tuple(edge["ignored"]),
                tries=edge["state"] in _TRYING,
            )
            for status in self._statuses()
            for name, edge in status.get("edges", {}).items()
        }

    def _is_stuck(self) -> bool:
        oldest = min((file.stat().st_mtime for file in self._status_files()), default=time.time())
        return time.time() - oldest > _STUCK_S

    def _status_files(self) -> list[Path]:
        """The status files, one for each process; a process that has ended has none."""
        return sorted(self._folder.glob("light-status-*.json"))

    def _statuses(self) -> Iterator[dict[str, Any]]:
        for file in self._status_files():
            try:
                found = json.loads(text_of(file) or "{}")
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def change_of(planned: LightStart) -> str:
    """A line for ``inv plan``: ``give the light host its 3 edges``."""
    edges = counted(planned.count, "edge")
    if planned.is_stuck:
        return f"start the light host again, which hangs, with {edges}"
    return f"give the light host its {edges}" if planned.is_running else f"start the light host with {edges}"
