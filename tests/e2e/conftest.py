from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Platform:
    """A platform of a test's own."""

    path: Path
    offset: int

    def inv(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``inv``; output and errors together."""
        common = ("--platform", str(self.path), "--port-offset", str(self.offset), "--runtime", "embedded")
        return subprocess.run(
            [sys.executable, "-m", "invoke", *arguments, *common],
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if not key.startswith("EDGE_TASKS_")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


def free_offset() -> int:
    start = 100 * (os.getpid() % 80)
    for offset in (1000 + (start + step) % 16000 for step in range(0, 16000, 100)):
        try:
            for port in (8075, 8079, 8081, 15432):
                socket.create_server(("127.0.0.1", port + offset)).close()
        except OSError:
            continue
        return offset
    raise AssertionError("no free ports")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    last_used = ROOT / ".edge-tasks-platform"
    before = last_used.read_bytes() if last_used.exists() else None
    path = tmp_path / "a platform with ü"
    shutil.copytree(ROOT / "templates" / "platform", path)
    found = Platform(path, free_offset())
    try:
        yield found
    finally:
        found.inv("down", "--purge")
        if before is None:
            last_used.unlink(missing_ok=True)
        else:
            last_used.write_bytes(before)
