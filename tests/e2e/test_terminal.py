"""What people see of the commands they type: on a terminal, in a log file, and when a reader goes away."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from tests.inv import ROOT, inv

COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3[0-7]|9[0-7]|38|48)[;m]")


def typed(platform: Any, *arguments: str) -> list[str]:
    return inv(*arguments, *platform.options)


def piped(platform: Any, task: str, reader: str) -> subprocess.CompletedProcess[str]:
    command = f'set -o pipefail; "$@" | {reader}'
    return subprocess.run(
        ["bash", "-c", command, "-", *typed(platform, *task.split())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_setup_shows_bars_on_a_terminal_and_plain_lines_elsewhere(platform: Any, terminal: Any) -> None:
    seen = terminal(typed(platform, "setup", "--edges", "60", "--light-edges", "400"))
    assert seen.code == 0, seen.text
    for pattern in (
        r"gen-configs +[━╸╺]+ [0-9]+ of 60 directories",
        r"verify +[━╸╺]+ [0-9]+ of 460 online",
    ):
        assert any(re.search(pattern, line) for line in seen.ever), pattern
    assert COLOUR.search(seen.raw)
    assert "and 436 more: 436 online, 0 not online" in seen.text

    plain = platform.inv("setup", "--light-edges", "10")
    assert plain.returncode == 0
    assert not set("\r\x1b━") & set(plain.stdout)
    coloured = terminal(typed(platform, "status"), NO_COLOR="1")
    assert not COLOUR.search(coloured.raw)
    assert "edge0" in coloured.text


def test_a_reader_that_goes_away_ends_a_listing_well_and_other_work_as_a_signal_does(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "2", "--light-edges", "300").returncode == 0
    for task, reader in (
        ("status", "head -1"),
        ("plan --json", "head -c 10"),
        ("status --json", "head -c 10"),
        ("logs", "head -1"),
    ):
        done = piped(platform, task, reader)
        assert done.returncode == 0, task
        assert done.stdout, task
        assert "Traceback" not in done.stderr
        assert "BrokenPipe" not in done.stderr
    cut = piped(platform, "verify", "head -1")
    assert cut.returncode in (0, 141)
    assert cut.stderr == ""


def test_json_is_the_only_thing_on_standard_output(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    done = piped(platform, "status --json", "cat")
    assert [edge["name"] for edge in json.loads(done.stdout)["edges"]] == ["edge0", "edge1"]
