from __future__ import annotations

import fcntl
import os
import pty
import re
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
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["influxdb", "influxdb_server"]  # fixtures

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, LINES = 80, 50
NOT_OURS = ("EDGE_TASKS_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
ANY_SPEED = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
"""No test asserts how fast the machine is."""
FRAME = re.compile(rb"(?=\x1b\[2K)")
"""Before each of these a line is taken away that people saw until then."""
hypothesis.settings.register_profile("tests", ANY_SPEED)
hypothesis.settings.register_profile(
    "mutation",
    ANY_SPEED,
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
        """The next bytes, which may be several frames if nobody has read them for a while."""
        self.raw += part
        for frame in FRAME.split(part):
            self._stream.feed(frame)
            self.ever += [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        """The screen as it is now."""
        return "\n".join(line.rstrip() for line in self.screen.display).strip()

    def shows(self, pattern: str) -> bool:
        """Whether this is to be read on the screen now."""
        return re.search(pattern, self.text, re.MULTILINE) is not None


def on_a_terminal(
    command: Sequence[str], keys: Sequence[tuple[str, str | Path]] = (), last: str = "", **environment: str
) -> Seen:
    """Run on a pty of 80 columns until it ends, or nothing comes any more.

    Args:
        command: what runs.
        keys: what is to be read on the screen first, and what is typed then, or the file that is made.
        last: as soon as that is to be read, after all keys, it is killed.
        environment: more variables.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    env = {key: value for key, value in os.environ.items() if not key.startswith(NOT_OURS)}
    env |= {"TERM": "xterm-256color", **environment}
    seen, waiting = Seen(), list(keys)
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as work:
        os.close(theirs)
        with suppress(OSError):  # the other side has ended
            while select.select([ours], [], [], 2 * LONG_S)[0]:
                seen.take(os.read(ours, 65536))
                while waiting and seen.shows(waiting[0][0]):
                    answer(ours, waiting.pop(0)[1])
                if last and not waiting and seen.shows(last):
                    break
        work.kill()
    os.close(ours)
    seen.code = work.returncode
    return seen


def answer(terminal: int, key: str | Path) -> None:
    """Type it, or make the file."""
    if isinstance(key, Path):
        key.touch()
    else:
        os.write(terminal, key.encode())


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> None:
    """What a script starts in the background ignores Ctrl-C, and so does all that it starts; tests need it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def terminal() -> object:
    """The function, for tests that are in folders and not in packages."""
    return on_a_terminal
