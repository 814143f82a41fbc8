"""The process of a PostgreSQL server: found again by its data directory, and ended."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path
from typing import Final

import psutil

_STOP_SECONDS: Final = 10
_LOOK_SECONDS: Final = 0.02


def postmaster_of(data: Path) -> psutil.Process | None:
    """The server of a data directory: its recorded pid, if that is a postgres at home there; else None."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_bytes().split(b"\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return None
        return process if Path(process.cwd()).samefile(data) else None
    except (OSError, ValueError, psutil.Error):
        return None


def ends(process: psutil.Process) -> bool:
    """Have a server end, and wait until it is gone; False if it does not end."""
    for number in (signal.SIGINT, signal.SIGQUIT):  # fast: sessions are cut; immediate: without checkpoint
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if _is_gone(process):
            return True
    return False


def _is_gone(process: psutil.Process) -> bool:
    """Wait for the end of a process, which may be nobody's child and thus stay as a zombie."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(_LOOK_SECONDS)
                continue
        return True
    return False
