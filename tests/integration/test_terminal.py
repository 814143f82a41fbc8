"""The console on a real terminal of 80 columns, read by a terminal emulator."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3[0-7]|9[0-7]|38|48)[;m]")
WORK = """
import time
from edge_tasks.cli.console import Console
console = Console({flags})
with console.progress("verify", 1000, "online") as told:
    for done in range(0, 1000, 100):
        told(done)
        time.sleep(0.1)
with console.listening("build", lambda line: (3, 17) if "3/17" in line else None):
    console.heard("a line that is much too long for a terminal of eighty columns " * 3)
    time.sleep(0.5)
    console.heard("Loading module web (3/17)")
    time.sleep(0.5)
    with console.download("fetch a.jar") as told:
        told(500_000, 2_000_000)
        time.sleep(0.5)
    console.line("said meanwhile")
console.step("build", "much was done, " * 8 + "at /a/path/that/is/whole", 2.0, changed=True)
console.table(("edge", "state", "W"), (("edge0", "online", "5"), ("edge1", "offline", "-")))
"""


def shown(terminal: Any, flags: str = "", **environment: str) -> Any:
    seen = terminal([sys.executable, "-c", WORK.format(flags=flags)], **environment)
    assert seen.code == 0, seen.text
    return seen


def test_bars_have_counts_and_go_away_when_the_step_is_done(terminal: Any) -> None:
    seen = shown(terminal)
    for pattern in (
        r"verify +[━╸╺]+ [1-9]00 of 1,000 online \d\d:\d\d",
        r"build +[━╸╺]+ 0:00:0\d a line that is much too long .*…$",
        r"build +[━╸╺]+ 0:00:0\d Loading module web \(3/17\)$",
        r"fetch a.jar +[━╸╺]+ 0.5/2.0 MB",
    ):
        assert any(re.search(pattern, line) for line in seen.ever), pattern
    assert "━" not in seen.text
    assert seen.text.startswith("said meanwhile\n")
    assert COLOUR.search(seen.raw)
    assert seen.raw.rindex(b"\x1b[?25h") > seen.raw.rindex(b"\x1b[?25l"), "the cursor must be shown again"


def test_a_long_line_is_broken_between_words_and_indented(terminal: Any) -> None:
    end = shown(terminal).text
    step = end[end.index("✓") : end.index(" edge")].splitlines()
    assert [line[:15].strip() for line in step if line] == ["✓ build", "", ""]
    assert any("/a/path/that/is/whole" in line for line in step)


def test_no_color_takes_the_colours_and_leaves_the_bars(terminal: Any) -> None:
    seen = shown(terminal, NO_COLOR="1")
    assert not COLOUR.search(seen.raw)
    assert any("00 of 1,000 online" in line for line in seen.ever)


def test_a_terminal_that_can_only_go_on_gets_plain_lines(terminal: Any) -> None:
    seen = shown(terminal, TERM="dumb")
    assert b"\x1b" not in seen.raw
    assert "edge0  online   5" in seen.text


def test_quiet_shows_nothing_at_all(terminal: Any) -> None:
    assert shown(terminal, "quiet=True").raw == b""


def test_what_docker_says_meanwhile_stands_behind_the_bar(terminal: Any, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\nfor n in 1 2 3; do echo "odoo: Loading module m$n ($n/3)"; sleep 0.5; done\n')
    docker.chmod(0o755)
    work = (
        "import sys; from pathlib import Path; from edge_tasks.adapters.docker import Docker;"
        "from edge_tasks.cli.console import Console; from edge_tasks.steps.odoo_init import modules_loaded;"
        "console = Console(); listening = console.listening('odoo-init', modules_loaded); listening.__enter__();"
        "Docker(Path(sys.argv[1]), console.heard).run('run', 'odoo'); listening.__exit__(None, None, None)"
    )
    path = f"{tmp_path}:{os.environ['PATH']}"
    seen = terminal([sys.executable, "-c", work, str(tmp_path / "docker.log")], PATH=path)
    assert seen.code == 0, seen.text
    assert any(
        re.search(r"odoo-init +[━╸╺]+ 0:00:0\d odoo: Loading module m2 \(2/3\)", line) for line in seen.ever
    )
    assert "m3 (3/3)" in (tmp_path / "docker.log").read_text()


def test_ctrl_c_takes_the_bar_away_and_shows_the_cursor_again(terminal: Any) -> None:
    work = WORK.format(flags="").partition("with console.listening")[0] + "    raise KeyboardInterrupt\n"
    seen = terminal([sys.executable, "-c", work])
    assert seen.code != 0
    assert "━" not in seen.text
    assert seen.raw.rindex(b"\x1b[?25h") > seen.raw.rindex(b"\x1b[?25l")
