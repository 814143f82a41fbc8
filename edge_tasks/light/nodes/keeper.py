"""The keeper: what it knows of a fleet whose parts run in tasks, and which task may run which part.

The files are those of a light host in one place, see :mod:`edge_tasks.light.host.host`: whoever reads them need
not know where edges run. The status of a part whose lease is over is removed. Tasks ask it over HTTP, see
:mod:`.keeper_server`.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.json_file import replace_file, write_json
from edge_tasks.light.nodes.files import FLEET_FILE, NODES_FILE, STATUS, TOKEN_FILE
from edge_tasks.light.nodes.kept_metrics import KeptMetrics
from edge_tasks.light.nodes.leases import Leases

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.light.nodes.program import Program

_LOG: Final = logging.getLogger(__name__)
_STATUS_NAME: Final = re.compile(r"light-status-([0-9]+)\.json")


class _Told(NamedTuple):
    """What the keeper itself needs of the fleet file."""

    digest: str
    parts: int
    metrics_port: int


@dataclass
class Keeper:
    """What the server knows.

    Attributes:
        folder: with the fleet file, the token, and the files of the parts.
        program: the light edges' program.
        metrics: once they are served.
    """

    folder: Path
    program: Program
    lock: threading.Lock = field(default_factory=threading.Lock)
    leases: Leases = field(init=False)
    metrics: KeptMetrics | None = field(default=None, init=False)
    _read: tuple[fleet_file.Stamp | None, _Told] = field(default=(None, _Told("", 0, 0)), init=False)
    _noted: dict[str, str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Parts that an earlier keeper heard of may still be run, also if their status was removed since then."""
        heard_of = (_STATUS_NAME.fullmatch(file.name) for file in self.folder.iterdir())
        told = {int(found[1]) for found in heard_of if found}
        self.leases = Leases(time.monotonic(), frozenset(told | self._noted_before()))

    def _noted_before(self) -> set[int]:
        """The parts of which an earlier keeper has noted a node; none if the file is not there or is damaged."""
        try:
            return {int(part) for part in orjson.loads((self.folder / NODES_FILE).read_bytes())}
        except (OSError, ValueError):
            return set()

    def lease(self, part: int, task: str, node: str, *, is_wish: bool) -> dict[str, object] | None:
        """Give or renew a lease; what the task is told, None if it does not get the part."""
        told = self._told()
        with self.lock:
            now = time.monotonic()
            if is_wish:
                found = self.leases.take(part, told.parts, task, node, now)
                if found is not None:
                    self._forget(found)
            elif part < told.parts:
                found = part if self.leases.renew(part, task, node, now) else None
            else:  # of a larger earlier fleet
                self.leases.release(part, task)
                found = None
            self._note_nodes()
        return None if found is None else {"part": found, "fleet": told.digest}

    def _told(self) -> _Told:
        """What the fleet file says; read again only when it was written."""
        stamp = fleet_file.stamp(self.folder / FLEET_FILE)
        if self._read[0] != stamp:
            content = (self.folder / FLEET_FILE).read_bytes()
            found, digest = orjson.loads(content), hashlib.sha256(content).hexdigest()
            self._read = stamp, _Told(digest, found["processes"], found.get("metrics_port", 0))
        return self._read[1]

    def _note_nodes(self) -> None:
        """Write down where the parts run, if that has changed."""
        nodes = {str(part): node for part, node in self.leases.nodes(time.monotonic())}
        if nodes == self._noted:
            return
        try:
            write_json(self.folder / NODES_FILE, nodes)
        except OSError as error:  # leases matter more than what people see; it is tried again
            _LOG.error("%s cannot be written: %s", NODES_FILE, error)
        else:
            self._noted = nodes

    def is_allowed(self, authorization: str) -> bool:
        """Whether a request has the token."""
        token = (self.folder / TOKEN_FILE).read_bytes().strip()
        return hmac.compare_digest(authorization.encode(), b"Bearer " + token)

    def keep(self, part: int, task: str, name: str, content: bytes) -> bool:
        """Replace a file of a part, ``name`` with its number; False if the task does not have its lease."""
        with self.lock:
            if not self.leases.has(part, task, time.monotonic()):
                return False
            replace_file(self.folder / name.format(part), content)
            return True

    def forget_expired(self) -> None:
        """Remove what was said of edges that nobody runs."""
        with self.lock:
            for part in self.leases.expired(time.monotonic()):
                self._forget(part)
            self._note_nodes()

    def _forget(self, part: int) -> None:
        """Remove what an earlier task has said of the edges of a part.

        The file may be gone already: whoever starts the light edges anew removes it.
        """
        status = self.folder / STATUS.format(part)
        if self.metrics:
            self.metrics.ending(part)
        status.unlink(missing_ok=True)
        if self.metrics:
            self.metrics.ended(part)  # what is scraped from here on has the part no more

    def serve_metrics(self) -> None:
        """Serve metrics where the fleet file says, if it does; called every second or so.

        Raises:
            OSError: the fleet file cannot be read.
            FleetFileError: it is none.
        """
        if self.metrics is None and not self._told().metrics_port:
            return  # its edges need memory here only for that
        with self.lock:
            self.metrics = self.metrics or KeptMetrics(self.folder / FLEET_FILE, self._nodes)
            self.metrics.follow()

    def _nodes(self) -> dict[int, str]:
        return {int(part): node for part, node in (self._noted or {}).items()}
