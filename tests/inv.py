"""How tests and benchmarks type ``inv``: in a process of its own, as people do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
LAST_USED = ROOT / ".edge-tasks-platform"
"""The note of which platform was used last."""


def inv(*arguments: str) -> list[str]:
    """The command, to be run in :data:`ROOT`."""
    return [sys.executable, "-m", "invoke", *arguments]


def without_settings() -> dict[str, str]:
    """The environment, without settings of whoever runs the tests."""
    return {key: value for key, value in os.environ.items() if not key.startswith("EDGE_TASKS_")}


def finished(
    command: list[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, timeout_s: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without anything to read; its output and errors are together in ``stdout``."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=without_settings() if env is None else env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@contextmanager
def last_used_kept() -> Iterator[None]:
    """Which platform a developer used last is none of the business of tests and benchmarks."""
    before = LAST_USED.read_bytes() if LAST_USED.exists() else None
    try:
        yield
    finally:
        if before is None:
            LAST_USED.unlink(missing_ok=True)
        else:
            LAST_USED.write_bytes(before)


@contextmanager
def serving(
    command: list[str], env: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run an ``inv dashboard``; the address that it prints first, and its process, which is ended afterwards."""
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            found = re.search(r"http://\S+", line)
            assert found, line
            yield found[0], server
        finally:
            server.terminate()
