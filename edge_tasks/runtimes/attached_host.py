"""Light edges of this machine at a backend elsewhere: processes that run as long as the command does."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from edge_tasks.adapters.files import PRIVATE, in_utf8, text_of, write_file, writing
from edge_tasks.adapters.signals import uninterrupted
from edge_tasks.errors import CommandFailed, PlatformLocked
from edge_tasks.light.host import memories
from edge_tasks.proof.availability import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from edge_tasks.adapters.children import Children

_MODULE: Final = "edge_tasks.light"
_PROCESSES: Final = "processes"
_COUNTED: Final = ("messages", "bytes", "dropped", "cycles", "late_cycles")
_OF_ONE_RUN: Final = ("light-status-*.json", "light-trace-*.jsonl", "light.json", "light.log")


class EdgeStatus(TypedDict):
    """What the light host says of an edge."""

    state: str
    since: float


@dataclass(frozen=True)
class AttachedHost:
    """Light edges that run in the foreground.

    Attributes:
        folder: for their files, beside the file of apikeys. What they have counted stays there for the next run,
            so that no counter falls.
        document: the fleet file, without its paths; see :mod:`edge_tasks.light.host.host`.
        names: of all edges that may have been run with this folder.
        children: the processes.
    """

    folder: Path
    document: Mapping[str, object]
    names: AbstractSet[str]
    children: Children

    @property
    def log(self) -> Path:
        """Where the output of the processes is."""
        return self.folder / "light.log"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the edges meanwhile.

        Raises:
            PlatformLocked: another command runs edges with these apikeys.
            NotWritable: the folder cannot be written.
        """
        with writing(self.folder):
            self.folder.mkdir(mode=0o700, exist_ok=True)
        with self._alone():
            self._tidy(_OF_ONE_RUN)
            self._gather_memories()
            config = self.folder / "light.json"
            try:
                write_file(config, json.dumps({**self.document, **self._paths}, ensure_ascii=False))
                for part in range(self._parts):
                    self.children.start(_MODULE, (str(config), str(part)))
                yield
            finally:
                with uninterrupted():
                    self.children.end()
                    self._tidy(("light.json",))  # it has the apikeys

    def require(self) -> None:
        """Refuse to go on without one of the processes.

        Raises:
            CommandFailed: one has ended.
        """
        if self.children.ended:
            codes = ", ".join(map(str, self.children.ended))
            raise CommandFailed(f"a process of the light edges ended by itself ({codes})", hint=f"see {self.log}")

    @property
    def has_started(self) -> bool:
        """Whether all processes have taken their edges."""
        return len(list(self._statuses())) == self._parts

    def edges(self) -> dict[str, EdgeStatus]:
        """What the processes say of their edges, by name."""
        return {name: edge for status in self._statuses() for name, edge in status["edges"].items()}

    def counters(self) -> dict[str, int]:
        """What the processes have counted so far, together."""
        found = [status["counters"] for status in self._statuses()]
        return {name: sum(counters[name] for counters in found) for name in _COUNTED}

    def events(self) -> Iterator[Event]:
        """What the connections went through; those of one edge are in their order.

        Half a line, which a process leaves that is killed while it writes, is left out.
        """
        for file in sorted(self.folder.glob("light-trace-*.jsonl")):
            with file.open("rb") as lines:
                for line in lines:
                    with suppress(ValueError, TypeError):
                        yield Event(*json.loads(line))

    @property
    def _parts(self) -> int:
        return int(str(self.document[_PROCESSES]))

    @property
    def _paths(self) -> dict[str, str]:
        names = {
            "status_file": "light-status.json",
            "memory_file": "light-memory.json",
            "trace_file": "light-trace.jsonl",
        }
        return {key: in_utf8(self.folder / name) for key, name in names.items()}

    def _statuses(self) -> Iterator[dict[str, Any]]:
        for file in sorted(self.folder.glob("light-status-*.json")):
            with suppress(ValueError):
                yield json.loads(text_of(file) or "")

    def _tidy(self, patterns: tuple[str, ...]) -> None:
        for pattern in patterns:
            for file in self.folder.glob(pattern):
                with writing(file):
                    file.unlink()

    def _gather_memories(self) -> None:
        """Put what was kept of all edges into the one file that no process writes: others may run this time."""
        whole = self.folder / "light-memory.json"
        found = memories.load_newest(whole, self.names, {})
        with writing(whole):
            for _ in memories.saved(whole, found.items()):
                pass
        self._tidy(("light-memory-*.json",))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with writing(self.folder / "lock"):
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            self._take(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlatformLocked(
                f"another command runs edges with these apikeys, in {self.folder}",
                hint="wait until it ends, or export a file of keys for each command",
            ) from None
