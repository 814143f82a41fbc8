"""The process that runs light edges, as the embedded runtime starts it and tells it its edges."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.adapters.files import text_of, write_file, writing
from edge_tasks.adapters.processes import Daemon, until
from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.runtime import EdgeProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path, PurePosixPath

    from edge_tasks.fleet import Edge, Fleet
    from edge_tasks.runtimes.runtime import Written

_START_S: Final = 30.0


class LightHost:
    """One background process; its files lie in the state directory.

    Args:
        folder: the state directory.
        edges_folder: where the edges' directories are.
        fleet: whose edges.
        render: the files of an edge, for those that have no directory.
    """

    def __init__(
        self,
        folder: Path,
        edges_folder: Path,
        fleet: Fleet,
        render: Callable[[Edge], Mapping[PurePosixPath, str]],
    ) -> None:
        self.daemon = Daemon("edge_tasks.light", folder / "light.json", folder / "light.log")
        self._folder = folder
        self._edges_folder = edges_folder
        self._fleet = fleet
        self._render = render
        self._status_file = folder / "light-status.json"

    def fleet_file(self, written: Mapping[str, Written]) -> str:
        """What the host reads: edges with a directory and what it holds, and those that share one template."""
        edges = [
            {
                "name": edge.name,
                "directory": str(self._edges_folder / edge.directory),
                "digest": str(written[edge.name]),
            }
            for edge in self._fleet.edges_with_directory
        ]
        document: dict[str, Any] = {
            "status_file": str(self._status_file),
            "memory_file": str(self._folder / "light-memory.json"),
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
        running = self.daemon.find() is not None
        if running and text_of(self.daemon.config) == self.fleet_file(written):
            return ()
        return (f"{'tell' if running else 'start'} the light host its {self._fleet.size} edges",)

    def start_edges(self, written: Mapping[str, Written]) -> str:
        """Tell the host its edges, starting it when it does not run, and wait until it has taken them.

        Raises:
            CommandFailed: it ended, or did not take them within 30 s.
        """
        fleet_file = self.fleet_file(written)
        if self.daemon.find() is None:
            with writing(self._status_file):
                self._status_file.unlink(missing_ok=True)
            self.daemon.start(fleet_file)
        else:
            write_file(self.daemon.config, fleet_file)
        wanted = json.loads(fleet_file)["revision"]
        deadline = time.monotonic() + _START_S
        while self._status().get("revision") != wanted:
            self.daemon.require("light host")
            if not until(deadline):
                raise CommandFailed("the light host did not take its edges", hint=f"see {self.daemon.log}")
        return f"light host has {self._fleet.size} edges"

    def processes(self) -> dict[str, EdgeProcess]:
        """What the host says of its edges, by name; empty when it does not run."""
        if self.daemon.find() is None:
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

    def _status(self) -> dict[str, Any]:
        try:
            found = json.loads(text_of(self._status_file) or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
