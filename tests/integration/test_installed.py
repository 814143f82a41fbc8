"""The command ``edge-tasks`` of a wheel, in an environment of its own, in folders that are no clone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ports import free_offset

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
BARE = {key: value for key, value in os.environ.items() if not key.startswith(("EDGE_TASKS_", "INVOKE_"))}
MORE_THAN_PIP_TAKES_S = 600


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    path: Path

    def pip(self, *arguments: str) -> None:
        command = [f"{self.path}/bin/python", "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
        subprocess.run(command, check=True, timeout=MORE_THAN_PIP_TAKES_S)

    def run(self, command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a line by bash, in a folder, with the environment's commands first on the path."""
        path = f"{self.path}/bin:{BARE['PATH']}"
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {command}"],
            cwd=folder,
            env={**BARE, "PATH": path, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @property
    def files(self) -> dict[str, str]:
        """Digests of all that is installed; what Python compiles by itself is left out."""
        return digests(self.path)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def new_environment(path: Path) -> Environment:
    subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
    return Environment(path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = new_environment(tmp_path_factory.mktemp("installed") / "venv")
    wheels = tmp_path_factory.mktemp("wheels")
    made.pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    [wheel] = wheels.iterdir()
    made.pip("install", str(wheel))
    return made


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Another Python, which has ``inv`` and none of our packages."""
    made = new_environment(tmp_path_factory.mktemp("foreign") / "venv")
    made.pip("install", "invoke>=3,<4")
    return made


@pytest.fixture
def folder(tmp_path: Path, installed: Environment) -> Iterator[Path]:
    """A folder that is no clone."""
    found = tmp_path / "a folder of mine"
    found.mkdir()
    yield found
    installed.run("edge-tasks down --purge", found)


def own_offset() -> int:
    return free_offset(17_000, 8000)


def test_three_edges_come_online_and_go_without_a_trace(installed: Environment, folder: Path) -> None:
    (folder / "mine.txt").write_text("mine")
    before, packages = digests(folder), installed.files

    done = installed.run(f"edge-tasks setup --edges 3 --port-offset {own_offset()}", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"created the bundled platform in {folder}/platform" in done.stdout
    assert "3 online, says the backend" in done.stdout
    assert "next      edge-tasks status | edge-tasks setup --edges 5 | edge-tasks down" in done.stdout
    assert "inv " not in done.stdout

    assert installed.run("edge-tasks plan --check", folder).returncode == 0
    assert "edge2  online" in installed.run("edge-tasks status", folder).stdout
    report = installed.run("edge-tasks report --seconds 0 --output r.html && rm r.html", folder)
    assert report.returncode == 0, report.stderr

    assert installed.run("edge-tasks down --purge", folder).returncode == 0
    assert digests(folder) == before
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    assert installed.files == packages


def test_in_a_checkout_its_fleet_is_meant_wherever_one_stands_in_it(installed: Environment, folder: Path) -> None:
    shutil.copytree(ROOT / "templates" / "platform", folder, dirs_exist_ok=True)
    before = digests(folder)

    command = f"edge-tasks setup --edges 3 --runtime embedded --port-offset {own_offset()}"
    done = installed.run(command, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"platform {folder}, runtime embedded" in done.stdout
    assert {path.name for path in folder.iterdir()} >= {".edge-tasks", "docker-compose.override.yml"}
    assert not (folder / ".edge-tasks-platform").exists()

    found = installed.run("edge-tasks status", folder / "openems-edge" / "config.d")
    assert f"3 edges in {folder}; running: light host, backend, PostgreSQL" in found.stdout

    assert installed.run("edge-tasks down --purge", folder / "openems-edge").returncode == 0
    assert digests(folder) == before


def test_the_configuration_of_the_folder_is_taken(installed: Environment, folder: Path) -> None:
    section = f"{{edges: 4, port_offset: {own_offset()}}}"
    (folder / "invoke.yaml").write_text(f"tasks: {{executor_class: of.another.Program}}\nedge_tasks: {section}\n")
    done = installed.run("edge-tasks plan", folder)
    assert done.returncode == 0, done.stderr
    assert "save a fleet of 4 edges" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["invoke.yaml"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("edge_tasks: [1", "invoke.yaml cannot be read: ", "correct it, or remove it"),
        ("run: 5", "invoke.yaml cannot be read: ", "correct it, or remove it"),
        (
            "edge_tasks: [1]",
            "invoke.yaml, edge_tasks is [1]",
            "write names and values, for example edge_tasks: {edges: 3}",
        ),
        ("edge_tasks: {edges: [4]}", "invoke.yaml, edge_tasks.edges is '[4]'", "allowed: a whole number"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_named(
    text: str, message: str, hint: str, installed: Environment, folder: Path
) -> None:
    (folder / "invoke.yaml").write_text(text)
    done = installed.run("edge-tasks plan", folder)
    first, second = done.stderr.splitlines()
    assert first.startswith(f"error: {message}")
    assert second.startswith(f"  → {hint}")
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("setpu", "there is no task setpu; did you mean setup?", "edge-tasks --list"),
        ("--help setpu", "there is no task setpu; did you mean setup?", "edge-tasks --list"),
        (
            "setup --edge 9",
            "no option --edge of setup; did you mean --edges?",
            "edge-tasks setup --help-all lists",
        ),
        ("setup --edges", "--edges needs a value", "edge-tasks setup --help-all says what it takes"),
        ("--config", "--config needs a value", "edge-tasks --help"),
        ("--dry setup", "--dry would not stop a task from doing its work", "edge-tasks plan"),
        ("status", "there is no fleet in", "edge-tasks setup --edges 3"),
        ("setup --edges abc", "--edges is 'abc'", "allowed: a whole number"),
    ],
)
def test_what_was_typed_wrong_is_named_with_what_to_type(
    typed: str, message: str, hint: str, installed: Environment, folder: Path
) -> None:
    done = installed.run(f"edge-tasks {typed}", folder)
    first, second = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert second.startswith("  → ")
    assert hint in second
    assert done.returncode == 2
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("pipe", ["--list | head -1", "--help | head -1", "--help setup | head -c 10"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_reading_is_not_an_error(
    pipe: str, unbuffered: str, installed: Environment, folder: Path
) -> None:
    done = installed.run(f"edge-tasks {pipe}", folder, PYTHONUNBUFFERED=unbuffered)
    assert done.stdout
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_version_is_that_of_the_wheel(installed: Environment, folder: Path) -> None:
    said = installed.run("edge-tasks --version; pip show edge-tasks | grep ^Version", folder).stdout.split()
    assert said[0] == "edge-tasks"
    assert said[1] == said[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What ``inv`` needs of a clone."""
    for name in ("edge_tasks", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tasks.py", "invoke.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_an_inv_of_another_python_names_the_one_that_works(
    clone: Path, foreign: Environment, installed: Environment
) -> None:
    (clone / ".venv").symlink_to(installed.path)
    done = foreign.run("inv down", clone)
    first, second = done.stderr.splitlines()
    assert first.startswith(f"error: {foreign.path}/bin/python")
    assert "cannot run edge-tasks: No module named" in first
    assert done.returncode == 3
    assert second == f"  → {clone}/.venv/bin/inv down"
    assert foreign.run(second.removeprefix("  → "), clone).returncode == 0


def test_an_inv_of_another_python_says_how_to_install_where_nothing_is_yet(
    clone: Path, foreign: Environment
) -> None:
    done = foreign.run("inv setup --edges 3", clone)
    assert done.returncode == 3
    assert done.stdout == ""
    hint = f"  → cd {clone} && python3 -m venv .venv && .venv/bin/pip install -e ."
    assert done.stderr.splitlines()[1:] == [hint]
