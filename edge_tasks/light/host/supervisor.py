"""The parent of a light host's processes. Each runs a part of the fleet. If one dies, it is started again.

A part is a process of this program whose second argument is its number. It ends when its standard input ends,
which is a pipe from here: so none outlives its parent, however that ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks import ahead
from edge_tasks.light.host import fleet_file

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.light.host.fleet import Fleet
    from edge_tasks.light.host.fleet_file import Stamp
    from edge_tasks.light.host.metrics import Metrics

_LOG: Final = logging.getLogger(__name__)
_POLL: Final = 0.2
_ENDING: Final = 5.0
_STABLE_AFTER: Final = 10.0
_LONGEST_WAIT: Final = 30.0


def wait(deaths: int) -> float:
    """The seconds before a part is started again, by the number of early deaths in a row: 0 first, 30 at most."""
    return min(_LONGEST_WAIT, 2.0 ** min(deaths - 2, 10)) if deaths > 1 else 0.0


@dataclass
class _Part:
    """One process.

    Attributes:
        process: None while it waits to be started (again).
        started: when, by :func:`time.monotonic`.
        deaths: how many early ones there were in a row.
        due: when it must be started, by the same clock.
    """

    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0


class Supervisor:
    """Runs the parts of one fleet file.

    Args:
        path: the fleet file.
        fleet: its content.
        stamp: of that content.
        first: its first part, if that was started ahead.
    """

    def __init__(
        self, path: Path, fleet: Fleet, stamp: Stamp, first: subprocess.Popen[bytes] | None = None
    ) -> None:
        self._path = path
        self._fleet = fleet
        self._stamp = stamp
        self._parts = {} if first is None else {0: _begin(first)}
        self._stopped = False

    @cached_property
    def _metrics(self) -> Metrics:
        from edge_tasks.light.host.metrics import Metrics  # noqa: PLC0415 - parts load their program meanwhile

        return Metrics(self._fleet)

    def run(self) -> None:
        """Run until told to stop or the fleet file is deleted, and end all parts."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while not self._stopped:
                self._converge()
                time.sleep(_POLL)
                self._reread()
        finally:
            self._end(list(self._parts))
            self._metrics.close()
        _LOG.info("all parts have ended")

    def _stop(self, *_: object) -> None:
        self._stopped = True

    def _reread(self) -> None:
        """Read a changed fleet file. The parts log what is wrong with it."""
        try:
            stamp = fleet_file.stamp(self._path)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            fleet = fleet_file.load(self._path)
        except FileNotFoundError:
            self._stopped = True
        except (OSError, fleet_file.FleetFileError):
            return
        else:
            self._fleet = fleet

    def _converge(self) -> None:
        """Start and end processes until there is one for each part."""
        count = max(1, self._fleet.processes)
        self._end([index for index in self._parts if index >= count])
        for index in range(count):
            part = self._parts.setdefault(index, _Part())
            if part.process is not None and part.process.poll() is not None:
                self._note_death(index, part, part.process)
            if part.process is None and time.monotonic() >= part.due:
                part.process = start_part(self._path, index)
                part.started = time.monotonic()
        self._metrics.serve(self._fleet)

    def _note_death(self, index: int, part: _Part, process: subprocess.Popen[bytes]) -> None:
        now = time.monotonic()
        part.deaths = 1 if now - part.started > _STABLE_AFTER else part.deaths + 1
        part.due = now + wait(part.deaths)
        part.process = None
        _release(process)
        self._metrics.ending(index)
        self._metrics.ended(index, again=True)
        self._forget(index)  # nobody is to read that its edges were connected
        _LOG.error(
            "part %d ended with %d and is started again in %.0f s", index, process.returncode, wait(part.deaths)
        )

    def _end(self, indices: list[int]) -> None:
        parts = {index: self._parts.pop(index) for index in indices}
        running = {index: part.process for index, part in parts.items() if part.process is not None}
        for index, process in running.items():
            self._metrics.ending(index)
            _release(process)
        for index, process in running.items():
            try:
                process.wait(_ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._metrics.ended(index, again=False)
            self._forget(index)

    def _forget(self, index: int) -> None:
        with contextlib.suppress(OSError):
            self._fleet.part_file(index).unlink()


def start_part(path: Path, index: int, *, is_ahead: bool = False) -> subprocess.Popen[bytes]:
    """Start the process of a part; one that is ahead begins when it is told to."""
    command = [sys.executable, "-m", "edge_tasks.light", str(path), str(index)]
    environment = {**os.environ, **({ahead.VARIABLE: "1"} if is_ahead else {})}
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - our own module


def _begin(process: subprocess.Popen[bytes]) -> _Part:
    """Have a part begin; one that has ended meanwhile counts as a death."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            os.write(process.stdin.fileno(), ahead.WORD)
    return _Part(process, time.monotonic())


def _release(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input, which makes it end."""
    if process.stdin is not None:
        process.stdin.close()
