"""Processes of our own that end with this one, however it ends: their standard input is a pipe from here."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import start_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
        process = start_python(["-m", module, *arguments], self._log, subprocess.PIPE)
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
