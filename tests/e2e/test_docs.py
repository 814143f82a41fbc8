"""Pages whose commands are run as they stand there, and whose output is compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.inv import ROOT, finished
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(
    r"Save as `(?P<path>[^`]+)`:\n\n```\w+\n(?P<file>.*?)```|```console\n(?P<console>.*?)```", re.DOTALL
)
ELLIPSIS = "…"
HOW_FAR = re.compile(r"  [a-z-]+ +[0-9,]+ of [0-9,]+ ")
"""What a step says that takes longer than five seconds, as any may on a busy machine."""


def as_pattern(line: str) -> str:
    """… stands for anything, a space for any number of them."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in line.split(ELLIPSIS)]
    return ".*".join(parts)


def lacking(expected: list[str], output: str) -> str:
    """The first line that is expected and does not come; empty if all come in their order."""
    rest = output
    for line in expected:
        found = re.search(as_pattern(line), rest)
        if found is None:
            return line
        rest = rest[found.end() :]
    return ""


def compare(command: str, expected: list[str], platform: Any, folder: Path) -> None:
    """Type it, ``inv status`` again and again: a reader is slower than what he has just ended or started."""
    deadline = time.monotonic() + LONG_S
    while line := lacking(expected, output := run(command, platform, folder)):
        may_come = command == "inv status" and time.monotonic() < deadline
        assert may_come, f"$ {command}\nhas no line like\n{line}\nin\n{output}"


def run(command: str, platform: Any, folder: Path) -> str:
    environment = {
        **os.environ,
        "EDGE_TASKS_PLATFORM": str(platform.path),
        "EDGE_TASKS_PORT_OFFSET": str(platform.offset),
        "EDGE_TASKS_RUNTIME": "embedded",
        "PATH": f"{folder}:{os.environ['PATH']}",
    }
    moved = command.replace("127.0.0.1:8075", f"127.0.0.1:{8075 + platform.offset}")
    done = finished(["bash", "-ec", moved], cwd=folder, env=environment)
    assert done.returncode == 0, f"$ {command}\n{done.stdout}"
    return done.stdout


def workflow() -> str:
    [text] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "howto" / "ci.md").read_text(), re.DOTALL)
    return str(text)


def test_the_workflow_for_ci_is_one_by_the_schema_that_its_host_publishes(tmp_path: Path) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text(workflow())
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_workflow_for_ci_does_what_it_says(platform: Any, folder: Path) -> None:
    lines = [step["run"] for step in yaml.safe_load(workflow())["jobs"]["fleet"]["steps"] if "run" in step]
    install, *rest = lines
    assert install == "python -m pip install -e ."
    assert [line for line in rest if not line.startswith("inv ")] == []
    said = {line: run(line, platform, folder) for line in rest}
    assert "10 online, says the backend" in next(iter(said.values()))
    assert (folder / "report.html").stat().st_size > 10_000
    assert "removed: 10 config directories" in list(said.values())[-1]


@pytest.fixture
def folder(platform: Any, tmp_path: Path) -> Path:
    """Where a reader stands: the platform is ``platform``, and ``inv`` is on the path."""
    found = tmp_path / "project"
    found.mkdir()
    (found / "platform").symlink_to(platform.path)
    inv = found / "inv"
    inv.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m invoke --search-root "{ROOT}" "$@"\n')
    inv.chmod(0o755)
    assert shutil.which("bash")
    return found


def test_the_readme_shows_what_its_first_command_prints(platform: Any, folder: Path) -> None:
    shown = (ROOT / "README.md").read_text().partition("## What you get\n")[2].partition("The sign …")[0]
    lines = [line for line in map(str.strip, shown.splitlines()) if line]
    said = run("inv setup --edges 3", platform, folder)
    rest = [line for line in said.splitlines() if line.strip() and not HOW_FAR.match(line)]
    assert len(lines) == len(rest), said
    for line, printed in zip(lines, rest, strict=True):
        pattern = as_pattern(re.sub(r"-?\d+(\.\d+)*", "0", line)).replace("0", r"-?[\d.]+")
        assert re.search(pattern, printed), f"{line}\nis not\n{printed}"


@pytest.mark.parametrize(
    "page", ["tutorial.md", "howto/add-a-meter.md", "howto/load-shapes.md", "howto/many-households.md"]
)
def test_a_reader_who_types_what_a_page_says_sees_what_it_says(page: str, platform: Any, folder: Path) -> None:
    commands = 0
    for block in BLOCK.finditer((ROOT / "docs" / page).read_text()):
        if block["path"]:
            path = folder / block["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["file"])
            continue
        for part in re.split(r"(?m)^\$ ", block["console"])[1:]:
            command, _, expected = part.partition("\n")
            compare(command, expected.splitlines(), platform, folder)
            commands += 1
    assert commands >= 3
