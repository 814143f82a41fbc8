"""Background processes that outlive the shell, known again by their own command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from edge_tasks import ahead
from edge_tasks.adapters.files import PRIVATE, text_of, write_file, writing
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STOP_S: Final = 10.0
_LOOK_S: Final = 0.05
_OUR_MODULES: Final = "edge_tasks."
_OURS: Final = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
_AHEAD: Final = {ahead.VARIABLE: "1"}


def start_python(
    arguments: Sequence[str],
    log: Path,
    stdin: int = subprocess.DEVNULL,
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start our own interpreter in a session of its own.

    Args:
        arguments: of Python.
        log: where its output is added.
        stdin: as :class:`subprocess.Popen` takes it.
        variables: of its environment, besides ours.

    Raises:
        NotWritable: its log cannot be written.
    """
    package = str(Path(__file__).resolve().parents[2])
    with writing(log):
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *arguments],
            cwd="/",
            env={**os.environ, **_OURS, "PYTHONPATH": package, **(variables or {})},
            stdin=stdin,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    finally:
        os.close(output)


class Daemon:
    """A Python module run in the background with a configuration file as its only argument.

    Args:
        module: e.g. ``edge_tasks.light``.
        config: its configuration file, unique to the platform: that is how the process is known again, so a
            reused pid never hits a foreign process.
        log: where its output goes.
    """

    def __init__(self, module: str, config: Path, log: Path) -> None:
        self.module = module
        self.config = config
        self.log = log
        self._found: psutil.Process | None = None
        self._missed_at: float | None = None
        self._ahead: subprocess.Popen[bytes] | None = None

    def find(self) -> psutil.Process | None:
        """The running process, or None; one that was found before is looked at before all others.

        To look at all processes takes a while. So who asks again at once gets the same answer if there is none.
        One that was started ahead counts only once it has begun.
        """
        if (found := self._found) is not None:
            with suppress(psutil.NoSuchProcess):
                if found.is_running() and _lives(found):
                    return found
            self._found = None
        if self._missed_at is not None and time.monotonic() - self._missed_at < _LOOK_S:
            return None
        waiting = self._waiting()
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.pid not in waiting and self._is_started_by(process.cmdline()) and _lives(process):
                    self._found = process
                    return process
        self._missed_at = time.monotonic()
        return None

    def instance(self) -> str | None:
        """What distinguishes this run of the process from an earlier one; None if it does not run."""
        process = self.find()
        return f"{process.pid}@{process.create_time()}" if process else None

    def start_ahead(self) -> None:
        """Start the next process before it is needed: it loads its program. If never begun, it ends with us."""
        if self._ahead is None:
            process = start_python(self._arguments, self.log, subprocess.PIPE, _AHEAD)
            self._ahead = process
            pids = "\n".join(map(str, {*self._waiting(), process.pid}))
            with writing(self._waiting_file):
                self._waiting_file.write_text(pids, encoding="ascii")

    def start(self, config: str) -> None:
        """Write the configuration and start the process, in a session of its own, or have it begin."""
        write_file(self.config, config)
        process = self._begin() or start_python(self._arguments, self.log)
        with suppress(psutil.NoSuchProcess):
            self._found = psutil.Process(process.pid)

    def _begin(self) -> subprocess.Popen[bytes] | None:
        """Have the one begin that was started ahead; None if there is none, or if it has ended."""
        process, self._ahead = self._ahead, None
        if process is None:
            return None
        with writing(self._waiting_file):
            self._waiting_file.unlink(missing_ok=True)
        if process.stdin is not None:
            with suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(ahead.WORD)
        return process if process.poll() is None else None

    @property
    def _waiting_file(self) -> Path:
        """Has the pids of those that were started ahead and have not begun: other commands do not count them."""
        return self.config.with_suffix(".ahead")

    def _waiting(self) -> set[int]:
        return {int(pid) for pid in (text_of(self._waiting_file) or "").split()}

    def stop(self) -> bool:
        """Ask it to end, and kill it after 10 s; False if it was not running."""
        process = self.find()
        if process is None:
            return False
        process.terminate()
        with suppress(psutil.NoSuchProcess):
            process.resume()  # one that somebody stopped sees the signal only then
        if not _ends(process):
            process.kill()
            _ends(process)
        return True

    def require(self, what: str) -> None:
        """Raise if it has ended.

        Raises:
            CommandFailed: with the last lines of its log.
        """
        if self.find() is None:
            raise CommandFailed(f"the {what} ended at once: {self.last_lines()}", hint=f"see {self.log}")

    def last_lines(self, count: int = 5) -> str:
        """The end of its log."""
        if not self.log.exists():
            return "no output"
        return (
            " | ".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
            or "no output"
        )

    def _is_started_by(self, words: list[str]) -> bool:
        """Whether a command line ends in ``-m edge_tasks.MODULE CONFIG``, with our configuration file.

        Any of our modules: an earlier version may have started the process under another name.
        """
        if words[-1:] != [str(self.config)]:
            return False
        return words[-3:-2] == ["-m"] and words[-2].startswith(_OUR_MODULES)

    @property
    def _arguments(self) -> list[str]:
        return ["-m", self.module, str(self.config)]


def _lives(process: psutil.Process) -> bool:
    """Whether it is more than a zombie."""
    return bool(process.status() != psutil.STATUS_ZOMBIE)


def _ends(process: psutil.Process) -> bool:
    """Wait until a process has ended; a zombie has, although nobody has asked for its exit code."""
    deadline = time.monotonic() + _STOP_S
    while time.monotonic() < deadline:
        with suppress(psutil.TimeoutExpired):
            process.wait(_LOOK_S)
            return True
        with suppress(psutil.NoSuchProcess):
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
    return False


def until(deadline: float, pause_s: float = 0.05) -> bool:
    """Wait a moment; False once ``deadline`` (of :func:`time.monotonic`) has passed."""
    time.sleep(pause_s)
    return time.monotonic() < deadline
