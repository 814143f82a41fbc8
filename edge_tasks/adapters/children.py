"""Processes of our own that end with this one, however it ends: their standard input is a pipe from here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import PRIVATE, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDING_S: Final = 10.0


class Children:
    """Some processes with one log. Ctrl-C does not reach them: this process decides when they end.

    Args:
        log: where their output goes.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, module: str, arguments: Sequence[str]) -> None:
        """Start one more: a module that ends when its standard input does.

        Raises:
            NotWritable: its log cannot be written.
        """
        package = str(Path(__file__).resolve().parents[2])
        with writing(self._log):
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", module, *arguments],
                cwd="/",
                env={**os.environ, "PYTHONPATH": package, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            os.close(log)
        self._processes.append(process)

    @property
    def ended(self) -> tuple[int, ...]:
        """The exit codes of those that have ended by themselves."""
        codes = (process.poll() for process in self._processes)
        return tuple(code for code in codes if code is not None)

    def end(self) -> None:
        """Have all of them end, and wait until they have; one that does not within 10 s is killed."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            _await_end(process)
        self._processes.clear()


def _await_end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
