"""Files that the one who types may not read: a message with an exit code, a document, and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from tests.inv import ROOT, inv, without_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITHOUT_RIGHTS: Final = () if os.geteuid() else ("setpriv", "--bounding-set=-all")
"""Root may read everything; without its capabilities it is like anybody else."""

OPTIONS: Final = ("--runtime", "embedded", "--port-offset", "21900")


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    path = tmp_path / "platform"
    shutil.copytree(ROOT / "templates" / "platform", path)
    return path


@contextmanager
def closed(path: Path) -> Iterator[None]:
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        path.chmod(mode)


def typed(platform: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WITHOUT_RIGHTS, *inv(*words, "--platform", str(platform), *OPTIONS)],
        cwd=ROOT,
        env=without_settings(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


COMMANDS: Final = ("status", "plan", "down --purge", "setup --edges 1", "logs", "report", "verify", "dashboard")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_fleet_of_another_user_is_refused_with_what_to_do(command: str, platform: Path) -> None:
    state = platform / ".edge-tasks"
    state.mkdir()
    (state / "fleet.json").write_text("{}")
    with closed(state):
        done = typed(platform, *command.split())
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: you may not read {state}/fleet.json, the folder of uid {os.geteuid()}")
    assert "run this as its owner" in done.stderr


@pytest.mark.parametrize("command", ["status", "plan", "setup --edges 1"])
def test_a_platform_below_a_closed_folder_is_refused(command: str, platform: Path) -> None:
    with closed(platform):
        done = typed(platform, *command.split())
    assert done.returncode in (2, 8)
    assert done.stderr.startswith("error: ")
    assert str(platform) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("gen-configs", "openems-edge/config.d/Simulator"),
        ("gen-configs", "openems-edge/config.d"),
        ("gen-configs", "openems-edge"),
        ("compose", "docker-compose.yml"),
    ],
)
def test_a_part_of_the_platform_that_cannot_be_read_is_named_and_not_lost(
    command: str, part: str, platform: Path
) -> None:
    with closed(platform / part):
        done = typed(platform, command, "--edges", "1", "--json")
    assert done.returncode in (2, 8)
    error = json.loads(done.stdout)["error"]
    assert part in error["message"]
    assert error["exit_code"] == done.returncode
    assert error["hint"]
    assert "Traceback" not in done.stderr


def test_a_template_file_that_cannot_be_read_is_named(platform: Path) -> None:
    file = next((platform / "openems-edge" / "config.d").rglob("*.config"))
    with closed(file):
        done = typed(platform, "gen-configs", "--edges", "1")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: cannot read {file}: Permission denied")
