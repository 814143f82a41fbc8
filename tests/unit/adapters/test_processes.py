from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from edge_tasks.adapters.processes import Daemon
from edge_tasks.errors import CommandFailed
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLEEP = "import time; print('ready', flush=True); time.sleep(60)"


@contextmanager
def running(*arguments: str) -> Iterator[psutil.Process]:
    """A process whose command line ends as that of a background process of ours does."""
    with subprocess.Popen([sys.executable, "-c", SLEEP, *arguments], stdout=subprocess.PIPE) as started:
        try:
            assert started.stdout is not None
            started.stdout.readline()
            yield psutil.Process(started.pid)
        finally:
            started.kill()


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    return Daemon("edge_tasks.backend", tmp_path / "backend.json", tmp_path / "backend.log")


@pytest.mark.parametrize("module", ["edge_tasks.backend", "edge_tasks.embedded"])
def test_a_process_is_found_and_stopped_also_when_an_earlier_version_called_its_module_otherwise(
    daemon: Daemon, module: str
) -> None:
    with running("-m", module, str(daemon.config)) as process:
        assert daemon.find() == process
        assert daemon.stop()
        assert not process.is_running()
    assert daemon.find() is None
    assert not daemon.stop()


STOPPING = """
import sys
from pathlib import Path
from edge_tasks.adapters.processes import Daemon
print(Daemon("edge_tasks.backend", Path(sys.argv[1]), Path("/dev/null")).stop())
"""


def test_one_that_has_ended_is_stopped_also_if_its_parent_does_not_ask_for_its_exit_code(daemon: Daemon) -> None:
    with running("-m", "edge_tasks.backend", str(daemon.config)):
        stopped = subprocess.run(
            [sys.executable, "-c", STOPPING, str(daemon.config)], capture_output=True, text=True, check=False
        )
        assert (stopped.stdout, stopped.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "edge_tasks.backend", "{config}.other"),
        ("-m", "edge_tasks.backend", "{config}", "more"),
        ("-m", "other.backend", "{config}"),
        ("-m", "edge_tasks", "{config}"),
        ("-x", "edge_tasks.backend", "{config}"),
        ("{config}",),
    ],
)
def test_no_other_process_is_taken_for_it(daemon: Daemon, arguments: tuple[str, ...]) -> None:
    with running(*(argument.format(config=daemon.config) for argument in arguments)) as process:
        assert daemon.find() is None
        assert process.is_running()


def test_another_run_of_it_is_told_from_the_first(daemon: Daemon) -> None:
    said = []
    for _ in range(2):
        with running("-m", "edge_tasks.backend", str(daemon.config)):
            said.append(daemon.instance())
    assert None not in said
    assert len(set(said)) == 2
    assert daemon.instance() is None


def test_one_that_ended_is_named_with_the_last_lines_of_its_log(daemon: Daemon) -> None:
    daemon.log.write_text("".join(f"line {number}\n" for number in range(9)))
    with pytest.raises(CommandFailed, match=r"the backend ended at once: line 4 \| .* \| line 8") as caught:
        daemon.require("backend")
    assert str(daemon.log) in caught.value.hint


def test_one_without_a_log_says_so(daemon: Daemon) -> None:
    assert daemon.last_lines() == "no output"
    daemon.log.write_text("")
    assert daemon.last_lines() == "no output"


OUTLIVES_US = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
"""Python warns of a process that nobody waits for."""


@OUTLIVES_US
def test_one_that_is_loaded_ahead_runs_only_once_it_is_started(daemon: Daemon) -> None:
    daemon.start_ahead()
    daemon.start_ahead()
    assert daemon.find() is None
    assert not daemon.stop()
    of_another_command = Daemon(daemon.module, daemon.config, daemon.log)
    assert of_another_command.find() is None
    assert not of_another_command.stop()
    daemon.start('{"unknown": 1}')
    found = daemon.find()
    assert found is not None
    found.wait(LONG_S)
    assert "unknown" in daemon.log.read_text()  # of the configuration, which was not there when it was loaded
    with pytest.raises(CommandFailed, match="unknown"):
        daemon.require("backend")


LOADING = """
import sys
from pathlib import Path
from edge_tasks.adapters.processes import Daemon
Daemon("edge_tasks.backend", Path(sys.argv[1]), Path(sys.argv[2])).start_ahead()
"""


def test_one_that_is_loaded_ahead_ends_with_who_loaded_it(daemon: Daemon) -> None:
    subprocess.run([sys.executable, "-c", LOADING, str(daemon.config), str(daemon.log)], check=True)
    assert daemon.find() is None  # it may be there for a moment, but has not begun
    (pid,) = daemon.config.with_suffix(".ahead").read_text().split()
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(LONG_S)
    assert daemon.log.read_text() == ""


@OUTLIVES_US
def test_one_that_ended_while_it_was_loaded_is_started_again(daemon: Daemon) -> None:
    daemon.start_ahead()
    loading = daemon._ahead
    assert loading is not None
    loading.kill()
    loading.wait()
    daemon.start('{"unknown": 1}')
    found = daemon.find()
    assert found is not None
    found.wait(LONG_S)
    assert "unknown" in daemon.log.read_text()
