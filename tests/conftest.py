from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pyte
import pytest

from tests.influxdb import influxdb, influxdb_server

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["influxdb", "influxdb_server"]  # fixtures

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, LINES = 80, 50
NOT_OURS = ("EDGE_TASKS_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
hypothesis.settings.register_profile("tests", deadline=None)  # no test asserts how fast the machine is
hypothesis.settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],  # nobody reads the smallest example
)
hypothesis.settings.load_profile("tests")


@dataclass
class Seen:
    """What a terminal showed.

    Attributes:
        raw: all bytes.
        ever: each line that stood on it at some time.
        code: the exit code of what ran in it; None while it still ran.
    """

    raw: bytes = b""
    ever: list[str] = field(default_factory=list)
    code: int | None = None
    screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, LINES))

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)

    def take(self, part: bytes) -> None:
        """The next bytes."""
        self.raw += part
        self._stream.feed(part)
        self.ever += [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as it is now."""
        return "\n".join(line.rstrip() for line in self.screen.display).strip()


def on_a_terminal(command: Sequence[str], keys: Sequence[str] = (), **environment: str) -> Seen:
    """Run on a pty of 80 columns until it ends; with keys until the screen rests after the last."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    env = {key: value for key, value in os.environ.items() if not key.startswith(NOT_OURS)}
    env |= {"TERM": "xterm-256color", **environment}
    seen = Seen()
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as work:
        os.close(theirs)
        for key in keys:
            os.write(ours, key.encode())
            with suppress(OSError):  # the other side has ended
                while select.select([ours], [], [], 3.0)[0]:
                    seen.take(os.read(ours, 65536))
        if keys:
            work.kill()
        with suppress(OSError):  # the other side has ended
            while part := os.read(ours, 65536):
                seen.take(part)
    os.close(ours)
    seen.code = work.returncode
    return seen


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> None:
    """What a script starts in the background ignores Ctrl-C, and so does all that it starts; tests need it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def terminal() -> object:
    """The function, for tests that are in folders and not in packages."""
    return on_a_terminal
