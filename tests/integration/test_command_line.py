"""``inv`` as a process: typos, readers that go away, colours. No fleet is needed for these."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.ports import free_offset

ROOT = Path(__file__).resolve().parents[2]
INV = f"{sys.executable} -m invoke"
SCHEMA = Draft202012Validator(json.loads((ROOT / "docs" / "reference" / "output.schema.json").read_text()))
BARE = {key: value for key, value in os.environ.items() if not key.startswith("EDGE_TASKS_")}


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run by bash, of which each part of a pipe must end well."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=ROOT,
        env={**BARE, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("pipe", "unbuffered"),
    [
        ("--help | head -1", ""),  # unbuffered, invoke fails before it has read any file of ours
        ("--help setup | head -1", ""),
        ("--help setup | head -1", "1"),
        ("--help setup | head -c 10", "1"),
        ("--list | head -1", ""),
        ("--list | head -1", "1"),
    ],
)
def test_a_reader_that_stops_reading_is_not_an_error(pipe: str, unbuffered: str) -> None:
    done = shell(f"{INV} {pipe}", PYTHONUNBUFFERED=unbuffered)
    assert done.stdout
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("typed", "message", "hint"),
    [
        ("setup --edge 99", "there is no option --edge of setup; did you mean --edges?", "inv setup --help-all"),
        ("setpu", "there is no task setpu; did you mean setup?", "inv --list"),
        ("--help setpu", "there is no task setpu; did you mean setup?", "inv --list"),
        ("setup --edges", "--edges needs a value", "inv setup --help-all"),
        ("setup --edges 3 --edges 4", "there is no task 4", "inv --list"),
        ("setup --edges abc", "--edges is 'abc'", "allowed: a whole number from 0 to 100000"),
        ("down --purge --platform ''", "--platform is ''", "is a variable of your shell empty?"),
        ("backfill --remove --edge=", "--edge is ''", "is a variable of your shell empty?"),
        ("setup --edges -1", "--edges is '-1'", "allowed: a whole number from 0 to 100000"),
        ("setup --timeout 0", "--timeout is '0'", "allowed: a whole number from 1 to 86400"),
        ("setup --seed ü", "--seed is 'ü'", "allowed: up to 64 of A-Z a-z 0-9 _ . -"),
        ("setup 3", "there is no task 3", "inv setup --edges 3"),
        ("setup --platform ./no-such", "no-such is not a directory", "name a docker-openems checkout"),
        ("setup --runtime doker", "--runtime is 'doker'", "one of auto, docker, embedded"),
        ("--edges 3 setup", "--edges is typed before the task; it belongs behind it", "inv setup --edges 3"),
        (
            "status --fix",
            "there is no option --fix of status (doctor and setup have --fix)",
            "inv status --help-all",
        ),
        ("--help-all", "--help-all needs a task", "inv setup --help-all"),
        ("--dry setup", "--dry would not stop a task from doing its work", "inv plan"),
        ("status --watch --json", "--watch and --json cannot be used together", "repeat the command yourself"),
    ],
)
def test_what_was_typed_wrong_is_named_with_what_to_type(typed: str, message: str, hint: str) -> None:
    done = shell(f"{INV} {typed}")
    assert done.returncode == 2
    assert done.stdout == "" or "--json" in typed
    first, second = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert second.startswith("  → ")
    assert hint in second


@pytest.mark.parametrize("typed", ["--json setpu", "setpu --json", "setup --json --edge 9", "restart --json"])
def test_with_json_what_was_typed_wrong_is_a_document(typed: str) -> None:
    done = shell(f"{INV} {typed}")
    document = json.loads(done.stdout)
    SCHEMA.validate(document)
    error = document["error"]
    assert done.stderr == f"error: {error['message']}\n  → {error['hint']}\n"
    assert done.returncode == error["exit_code"]


@pytest.mark.parametrize("typed", ["plan", "plan --json", "--list"])
def test_a_settings_file_that_cannot_be_read_is_named(typed: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "edge_tasks", tmp_path / "edge_tasks")
    shutil.copy(ROOT / "tasks.py", tmp_path)
    (tmp_path / "invoke.yaml").write_text("edge_tasks: [1\n")
    done = shell(f"cd {tmp_path} && {INV} {typed}")
    assert done.returncode == 2
    assert done.stderr.startswith("error: invoke.yaml cannot be read: ")
    assert done.stderr.endswith("  → correct it, or remove it\n")
    assert done.stdout == "" or json.loads(done.stdout)["error"]["exit_code"] == 2


def test_without_a_task_the_tasks_are_listed() -> None:
    bare = shell(INV)
    assert bare.stdout == shell(f"{INV} --list").stdout
    assert "rotate-keys" in bare.stdout
    assert (bare.stderr, bare.returncode) == ("", 0)


@pytest.mark.parametrize("typed", ["--help status", "status --help", "-h status"])
def test_help_of_a_task_begins_with_its_own_options(typed: str) -> None:
    done = shell(f"{INV} {typed}")
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("Usage: inv status [options]")
    assert done.stdout.index("--watch") < done.stdout.index("--platform")


@pytest.mark.parametrize("typed", ["setup --help-all", "--help-all setup", "--help setup --help-all"])
def test_all_options_of_a_task_are_shown_when_they_are_asked_for(typed: str) -> None:
    assert "--java-options" not in shell(f"{INV} setup --help").stdout
    done = shell(f"{INV} {typed}")
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.index("--fix") < done.stdout.index("--edges") < done.stdout.index("--java-options")


def test_with_standard_error_closed_an_error_is_on_standard_output() -> None:
    done = shell(f"{INV} setup --edges abc 2>&-")
    assert done.stdout.startswith("error: --edges is 'abc'\n  → ")
    assert done.returncode == 2


def test_with_standard_error_closed_a_document_is_alone_on_standard_output(tmp_path: Path) -> None:
    done = shell(f"{INV} status --json --platform {tmp_path} 2>&-")
    assert json.loads(done.stdout)["error"]["exit_code"] == done.returncode == 2


@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_ends_nothing(closed: str) -> None:
    done = shell(f"{INV} plan --port-offset {free_offset(17_000, 8000)} {closed}")  # others may be somebody's
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 0


def test_completion_in_bash_knows_tasks_and_options(terminal: Any) -> None:
    bash = ["bash", "--norc", "--noprofile", "-i"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    keys = (
        (r"^\$$", "source <(inv --print-completion-script bash)\n"),
        (r"bash\)\n\$$", "inv rot\t"),
        (r"^\$ inv rotate-keys$", "\x15inv setup --port\t"),
    )
    seen = terminal(bash, keys, r"^\$ inv setup --port-offset$", PATH=path, PS1="$ ")
    assert "$ inv rotate-keys" in seen.ever
    assert "$ inv setup --port-offset" in seen.ever
