"""The console on a real terminal of 80 columns, read by a terminal emulator."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLOUR = re.compile(rb"\x1b\[[0-9;]*(?:3[0-7]|9[0-7]|38|48)[;m]")
WORK = """
import os, tty
from edge_tasks.cli.console import Console
console = Console({flags})
def looked_at():
    if {waits}:
        os.read(0, 1)  # until somebody has seen it, however rarely the screen is drawn
if {waits}:
    tty.setcbreak(0)  # what is typed is not shown
with console.progress("verify", 1000, "online") as told:
    for done in range(0, 1000, 100):
        told(done)
    looked_at()
with console.listening("build", lambda line: (3, 17) if "3/17" in line else None):
    console.heard("a line that is much too long for a terminal of eighty columns " * 3)
    looked_at()
    console.heard("Loading module web (3/17)")
    looked_at()
    with console.download("fetch a.jar") as told:
        told(500_000, 2_000_000)
        looked_at()
    console.line("said meanwhile")
console.step("build", "much was done, " * 8 + "at /a/path/that/is/whole", 2.0, changed=True)
console.table(("edge", "state", "W"), (("edge0", "online", "5"), ("edge1", "offline", "-")))
"""
BARS = (
    r"verify +[━╸╺ ]+ 900 of 1,000 online \d\d:\d\d$",
    r"build +[━╸╺ ]+ \d:\d\d:\d\d a line that is much too long .*…$",
    r"build +[━╸╺ ]+ \d:\d\d:\d\d Loading module web \(3/17\)$",
    r"fetch a.jar +[━╸╺ ]+ 0.5/2.0 MB",
)


def shown(terminal: Any, flags: str = "", bars: Sequence[str] = BARS, **environment: str) -> Any:
    work = WORK.format(flags=flags, waits=bool(bars))
    seen = terminal([sys.executable, "-c", work], [(bar, " ") for bar in bars], **environment)
    assert seen.code == 0, seen.text
    return seen


def test_bars_have_counts_and_go_away_when_the_step_is_done(terminal: Any) -> None:
    seen = shown(terminal)
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


def test_a_terminal_that_can_only_go_on_gets_plain_lines(terminal: Any) -> None:
    seen = shown(terminal, bars=(), TERM="dumb")
    assert b"\x1b" not in seen.raw
    assert "edge0  online   5" in seen.text


def test_quiet_shows_nothing_at_all(terminal: Any) -> None:
    assert shown(terminal, "quiet=True", bars=()).raw == b""


def test_what_docker_says_meanwhile_stands_behind_the_bar(terminal: Any, tmp_path: Path) -> None:
    docker, is_seen = tmp_path / "docker", tmp_path / "seen"
    docker.write_text(
        "#!/bin/sh\n"
        'say() { echo "odoo: Loading module m$1 ($1/3)"; }\n'
        f"say 1; say 2; until [ -e '{is_seen}' ]; do sleep 0.05; done; say 3\n"
    )
    docker.chmod(0o755)
    work = (
        "import sys; from pathlib import Path; from edge_tasks.adapters.docker import Docker;"
        "from edge_tasks.cli.console import Console; from edge_tasks.steps.odoo_init import modules_loaded;"
        "console = Console(); listening = console.listening('odoo-init', modules_loaded); listening.__enter__();"
        "Docker(Path(sys.argv[1]), console.heard).run('run', 'odoo'); listening.__exit__(None, None, None)"
    )
    path = f"{tmp_path}:{os.environ['PATH']}"
    keys = ((r"odoo-init +[━╸╺ ]+ \d:\d\d:\d\d odoo: Loading module m2 \(2/3\)", is_seen),)
    seen = terminal([sys.executable, "-c", work, str(tmp_path / "docker.log")], keys, PATH=path)
    assert seen.code == 0, seen.text
    assert "m3 (3/3)" in (tmp_path / "docker.log").read_text()


def test_ctrl_c_takes_the_bar_away_and_shows_the_cursor_again(terminal: Any) -> None:
    work = WORK.format(flags="", waits=True).partition("with console.listening")[0]
    seen = terminal([sys.executable, "-c", f"{work}    raise KeyboardInterrupt\n"], [(BARS[0], " ")])
    assert seen.code != 0
    assert "━" not in seen.text
    assert seen.raw.rindex(b"\x1b[?25h") > seen.raw.rindex(b"\x1b[?25l")
