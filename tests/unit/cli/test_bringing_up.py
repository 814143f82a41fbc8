"""What is noted of a call that brings a fleet up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.cli.bringing_up import BringingUp
from edge_tasks.cli.console import Console
from edge_tasks.fleet.record import Record

if TYPE_CHECKING:
    from pathlib import Path


def test_steps_are_noted_with_their_durations_once_up_has_started_something(tmp_path: Path) -> None:
    record, console = Record(tmp_path / "record.json"), Console(quiet=True)
    bringing_up = BringingUp(console)
    console.step("register", "3 added", 0.5, changed=True)
    bringing_up.note(record)
    assert "brought_up" not in record.entries()
    console.step("up", "backend started", 2.0, changed=True)
    bringing_up.note(record)
    console.step("verify", "3 online", 0.25, changed=True)
    bringing_up.note(record)
    noted = record.entries()["brought_up"]
    assert [(step["name"], step["seconds"]) for step in noted["steps"]] == [
        ("register", 0.5),
        ("up", 2.0),
        ("verify", 0.25),
    ]
    assert noted["began"] <= noted["ended"]


def test_a_call_that_starts_nothing_leaves_what_is_noted(tmp_path: Path) -> None:
    record, console = Record(tmp_path / "record.json"), Console(quiet=True)
    first = BringingUp(console)
    console.step("up", "backend started", 2.0, changed=True)
    first.note(record)
    noted = record.entries()["brought_up"]
    second = BringingUp(console)
    console.step("up", "nothing to do", 0.1, changed=False)
    second.note(record)
    assert record.entries()["brought_up"] == noted
