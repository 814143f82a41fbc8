"""The process that runs light edges, wherever it runs, and how it is told its edges."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from edge_tasks.adapters.files import text_of, write_file, writing
from edge_tasks.adapters.processes import until
from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.runtime import EdgeProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path, PurePath, PurePosixPath

    from edge_tasks.fleet import Edge, Fleet
    from edge_tasks.runtimes.runtime import Written

_START_S: Final = 30.0


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

    def require(self, what: str) -> None:
        """Raise when it has ended."""


class LightHost:
    """One background process and its files.

    Args:
        process: the process; its status and memory lie beside its fleet file.
        seen_as: where the process itself sees that folder.
        edges_folder: where the edges' directories are.
        fleet: whose edges.
        render: the files of an edge, for those that have no directory.
    """

    def __init__(
        self,
        process: HostProcess,
        seen_as: PurePath,
        edges_folder: Path,
        fleet: Fleet,
        render: Callable[[Edge], Mapping[PurePosixPath, str]],
    ) -> None:
        self.process = process
        self._seen_as = seen_as
        self._edges_folder = edges_folder
        self._fleet = fleet
        self._render = render
        self._status_file = process.config.parent / "light-status.json"

    def fleet_file(self, written: Mapping[str, Written]) -> str:
        """What the host reads: edges with a directory and what it holds, and those that share one template."""
        edges = [
            {
                "name": edge.name,
                "directory": str(self._edges_folder / edge.directory),
                "digest": str(written[edge.name]),
            }
            for edge in self._fleet.edges_with_directory
            if edge.name in written
        ]
        document: dict[str, Any] = {
            "status_file": str(self._seen_as / self._status_file.name),
            "memory_file": str(self._seen_as / "light-memory.json"),
            "edges": edges,
        }
        light = self._fleet.light_edges
        if light:
            files = {str(path): text for path, text in self._render(light[0]).items()}
            document["shared"] = {"files": files, "edges": {edge.name: edge.apikey for edge in light}}
        revision = hashlib.sha256(json.dumps(document).encode()).hexdigest()[:16]
        return json.dumps({"revision": revision, **document})

    def find_edges(self, written: Mapping[str, Written]) -> tuple[str, ...]:
        """What is to be done so that the host runs the edges, each with its directory as written."""
        running = self.process.find() is not None
        if running and text_of(self.process.config) == self.fleet_file(written):
            return ()
        return (f"{'tell' if running else 'start'} the light host its {self._count(written)} edges",)

    def start_edges(self, written: Mapping[str, Written]) -> str:
        """Tell the host its edges, starting it when it does not run, and wait until it has taken them.

        Raises:
            CommandFailed: it ended, or did not take them within 30 s.
        """
        fleet_file = self.fleet_file(written)
        if self.process.find() is None:
            with writing(self._status_file):
                self._status_file.unlink(missing_ok=True)
            self.process.start(fleet_file)
        else:
            write_file(self.process.config, fleet_file)
        wanted = json.loads(fleet_file)["revision"]
        deadline = time.monotonic() + _START_S
        while self._status().get("revision") != wanted:
            self.process.require("light host")
            if not until(deadline):
                raise CommandFailed("the light host did not take its edges", hint=f"see {self.process.log}")
        return f"light host has {self._count(written)} edges"

    def processes(self) -> dict[str, EdgeProcess]:
        """What the host says of its edges, by name; empty when it does not run."""
        if self.process.find() is None:
            return {}
        edges = self._status().get("edges", {})
        return {
            name: EdgeProcess(
                running=edge["state"] != "unconfigured",
                why=edge["why"] or ("it is starting" if edge["state"] == "starting" else ""),
                since=edge["since"],
                ignored=tuple(edge["ignored"]),
            )
            for name, edge in edges.items()
        }

    def _count(self, written: Mapping[str, Written]) -> int:
        return len(written) + self._fleet.light

    def _status(self) -> dict[str, Any]:
        try:
            found = json.loads(text_of(self._status_file) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
