from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from edge_tasks.cli import console as console_module
from edge_tasks.cli import pace
from edge_tasks.cli.console import Console
from edge_tasks.cli.pace import Pace
from edge_tasks.steps.odoo_init import modules_loaded
from tests.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def at_once() -> Iterator[None]:
    """A line is due each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pace, "EVERY_S", 0.0)
        yield


@pytest.mark.usefixtures("at_once")
def test_elsewhere_than_on_a_terminal_progress_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Console().progress("verify", 1000, "online") as told:
        told(417)
    assert capsys.readouterr().out == "  verify       417 of 1,000 online\n"


@pytest.mark.usefixtures("at_once")
def test_what_programs_say_is_told_with_the_time_or_with_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(console_module, "Pace", partial(Pace, clock=clock))
    console = Console()
    with console.listening("odoo-init", modules_loaded):
        clock.now += 7
        console.heard("openems odoo: Odoo version 16.0")
        console.heard('time="2026-11-25T01:25:18Z" level=warning msg="the attribute `version` is obsolete"')
        console.heard("openems odoo.modules.loading: Loading module web (3/17) ")
        console.heard("0ab9a5e6acee8641b1d0e624440a8e6431dab141ceb717ab71ff07e1252eb509")
        console.heard("iqzgijwwb0c87abdubu9d47vj")
        console.heard("ed02907d5c52")
        console.heard("nua78u1aqsir")
        console.heard("Error response from daemon: No such container: p-odoo-init")
    assert capsys.readouterr().out.splitlines() == [
        "  odoo-init    7 s: openems odoo: Odoo version 16.0",
        "  odoo-init    3 of 17: openems odoo.modules.loading: Loading module web (3/17)",
    ]


@pytest.mark.usefixtures("at_once")
def test_the_quiet_are_told_of_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True)
    with console.progress("verify", 2, "online") as told, console.listening("build"):
        told(1)
        console.heard("#1 [internal] load build definition")
    with console.download("a.jar") as told:
        told(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("at_once")
def test_with_json_people_are_told_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(as_json=True).progress("verify", 2, "online") as told:
        told(1)
    assert capsys.readouterr() == ("", "  verify       1 of 2 online\n")


def test_with_echo_each_line_of_a_program_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(echo=True)
    with console.listening("build"):
        console.heard("#1 DONE 0.1s")
    assert capsys.readouterr().out == "  #1 DONE 0.1s\n"


def test_figures_with_commas_and_gaps_stand_to_the_right_too(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(["wh", "why", "empty"], [["953,607", "", ""], ["1,020,801", "x", ""], ["", "y", ""]])
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "       wh  why  empty",
        "  953,607",
        "1,020,801  x",
        "           y",
    ]


def test_figures_stand_to_the_right_and_words_to_the_left(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(("edge", "grid W"), (("edge0", "-4500"), ("edge10", "0"), ("edge2", "-")))
    assert capsys.readouterr().out.splitlines() == [
        "edge    grid W",
        "edge0    -4500",
        "edge10       0",
        "edge2        -",
    ]


def test_each_cell_of_a_large_table_is_read_as_a_figure_only_once(capsys: pytest.CaptureFixture[str]) -> None:
    read: list[str] = []

    class Cell(str):
        __slots__ = ()

        def removeprefix(self, prefix: str, /) -> str:
            read.append(self)
            return super().removeprefix(prefix)

    cells = [Cell(index) for index in range(100)]
    Console().table(("W",), [(cell,) for cell in cells])
    assert read == cells
    assert capsys.readouterr().out.splitlines()[:2] == [" W", " 0"]
