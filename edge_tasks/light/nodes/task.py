"""A task: it runs one part of the fleet on this machine for as long as it has the lease of it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.json_file import write_json
from edge_tasks.light.nodes.files import FLEET_FILE, MEMORY, STATUS
from edge_tasks.light.nodes.keeper_client import KeeperError, LeaseLostError
from edge_tasks.light.nodes.leases import GIVES_UP_S, HANGS_S

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from edge_tasks.light.nodes.keeper_client import KeeperClient

_LOG: Final = logging.getLogger(__name__)
PAUSE_S: Final = 0.5
STUCK_S: Final = 120.0
"""A process writes its status at least every 5 s; only on a very busy machine it needs much longer."""
_ENDING_S: Final = 8.0


@dataclass
class Task:
    """Runs a part, whichever the keeper gives it.

    Attributes:
        wish: the part that it would rather have.
        folder: for the files of the part; it is in memory, and nobody else needs it.
    """

    client: KeeperClient
    wish: int
    folder: Path
    _part: int | None = field(default=None, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _digest: str = field(default="", init=False)
    _names: frozenset[str] = field(default=frozenset(), init=False)
    _heard: float = field(default=0.0, init=False)
    _sent: dict[str, int] = field(default_factory=dict, init=False)
    _renewed: float = field(default=0.0, init=False)
    _said: str = field(default="", init=False)
    _stopped: bool = field(default=False, init=False)

    def run(self) -> int:
        """Run until told to stop; the exit status, 1 if the part's process ended by itself."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        threading.Thread(target=self._watch, daemon=True).start()
        has_ended = False
        while not self._stopped and not has_ended:
            self._turn()
            has_ended = self._process is not None and self._process.poll() is not None
            if not has_ended:
                time.sleep(PAUSE_S)
        self._leave()
        return int(has_ended)

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _watch(self) -> None:
        """End the edges in time, also while the keeper takes long to answer; then the task ends, too."""
        while True:
            time.sleep(PAUSE_S)
            process, silent_s = self._process, time.monotonic() - self._renewed
            if process is not None and silent_s > GIVES_UP_S + HANGS_S:
                process.kill()
            elif process is not None and silent_s > GIVES_UP_S:
                process.terminate()

    def _turn(self) -> None:
        """Renew the lease and pass on what is new; without a lease end the edges."""
        try:
            if self._part is None:
                self._begin()
            else:
                self._go_on(self._part)
            self._say("")
        except LeaseLostError as error:
            self._say("all parts are taken" if self._part is None else str(error))
            self._end(str(error))
            self._part = None
        except KeeperError as error:
            self._say(str(error))
            if time.monotonic() - self._renewed > GIVES_UP_S:
                self._end(str(error))
                self._part = None
        except fleet_file.FleetFileError as error:
            self._say(str(error))

    def _say(self, why: str) -> None:
        """Log why it waits, unless that was the last thing said."""
        if why and why != self._said:
            _LOG.info("waits: %s", why)
        self._said = why

    def _begin(self) -> None:
        """Take a part, and go on where its edges were."""
        part, digest = self.client.take(self.wish)
        (self.folder / STATUS.format(part)).unlink(missing_ok=True)
        self._take_fleet(part, digest)
        self._sent.clear()
        self._renew(part)  # all of that may have taken a while
        _LOG.info("runs part %d", part)
        command = [sys.executable, "-m", "edge_tasks.light", str(self.folder / FLEET_FILE), str(part)]
        self._heard = time.monotonic()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own interpreter and module
        self._part = part

    def _go_on(self, part: int) -> None:
        digest = self._renew(part)
        if digest != self._digest:
            self._take_fleet(part, digest)
        self._hand_over(part)
        if time.monotonic() - self._heard > STUCK_S and self._process is not None:
            _LOG.error("part %d has said nothing for %.0f s: it is killed", part, STUCK_S)
            self._process.kill()

    def _take_fleet(self, part: int, digest: str) -> None:
        """Get the fleet file, and before it what has been counted of edges that are new to the part."""
        draft = self.folder / f"{FLEET_FILE}.new"
        draft.write_bytes(self.client.fleet())
        names = frozenset(fleet_file.load(draft).part(part).edges)
        known = self._names if self._process is not None else frozenset()
        if new := names - known:
            self._fetch_memories(part, new)
        draft.replace(self.folder / FLEET_FILE)
        self._digest, self._names = digest, names

    def _fetch_memories(self, part: int, names: AbstractSet[str]) -> None:
        """Get what all parts have counted of these edges; on a busy machine that may take longer than a lease."""
        for name, content in self.client.memories():
            if self._process is None or name != MEMORY.format(part):  # that of a process that runs is newer here
                self._remember(name, content, names)
            self._renew(part)

    def _renew(self, part: int) -> str:
        asked = time.monotonic()  # the keeper may have answered long before the answer arrived
        digest = self.client.renew(part)
        self._renewed = asked
        return digest

    def _remember(self, name: str, content: bytes, names: AbstractSet[str]) -> None:
        """Keep of a memory file what these edges have counted: the folder is in memory."""
        try:
            found = {edge: kept for edge, kept in orjson.loads(content).items() if edge in names}
        except (ValueError, AttributeError) as error:
            _LOG.error("%s cannot be used, so what it has is not counted: %s", name, type(error).__name__)
            found = {}
        if found:
            write_json(self.folder / name, found)
        else:
            (self.folder / name).unlink(missing_ok=True)

    def _hand_over(self, part: int) -> None:
        """Give the keeper what the part's process has written since the last time."""
        for kind, name in (("memory", MEMORY), ("status", STATUS)):
            path = self.folder / name.format(part)
            try:
                written, content = path.stat().st_mtime_ns, path.read_bytes()
            except FileNotFoundError:
                continue
            if self._sent.get(kind) != written:
                self.client.put(part, kind, content)
                self._sent[kind] = written
                self._heard = time.monotonic()

    def _end(self, why: str) -> None:
        """End the edges; their process keeps what they have counted."""
        process = self._process
        if process is None:
            return
        _LOG.info("ends its edges: %s", why)
        try:
            process.communicate(timeout=_ENDING_S)  # closes its standard input, which ends it
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None  # until here it is watched
        _LOG.info("its edges have ended")

    def _leave(self) -> None:
        """End the edges, hand over the last they have counted, and let the next task have the part."""
        self._end("the task ends")
        if self._part is None:
            return
        try:
            self._hand_over(self._part)
            self.client.release(self._part)
        except KeeperError as error:
            _LOG.error("not handed over: %s", error)
