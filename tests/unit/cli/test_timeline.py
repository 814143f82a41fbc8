"""When steps began, what they waited for, and what of it took longest."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.cli import timeline
from edge_tasks.cli.console import Console
from edge_tasks.cli.timeline import longest
from tests.clock import Clock

if TYPE_CHECKING:
    from edge_tasks.fleet.record import StepDone


def step_done(name: str, seconds: float, **waits: float) -> StepDone:
    return {
        "name": name,
        "changed": True,
        "did": "",
        "seconds": seconds,
        "begin": 0.0,
        "waits": [{"what": what, "begin": 0.0, "seconds": took} for what, took in waits.items()],
    }


def test_a_step_has_its_own_waits_and_none_of_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(timeline, "time", SimpleNamespace(monotonic=clock))
    console = Console(quiet=True)
    for step, what in (("build", "the first"), ("up", "the second")):
        clock.now += 1
        with console.waiting(what):
            clock.now += 2
        clock.now += 4
        console.step(step, "", 7.0, changed=True)
    build, up = console.steps
    assert (build["begin"], up["begin"]) == (0.0, 7.0)
    assert build["waits"] == [{"what": "the first", "begin": 1.0, "seconds": 2.0}]
    assert up["waits"] == [{"what": "the second", "begin": 8.0, "seconds": 2.0}]


def test_a_wait_that_failed_is_a_wait() -> None:
    console = Console(quiet=True)
    with pytest.raises(TimeoutError), console.waiting("what never came"):
        raise TimeoutError
    console.step("up", "", 1.0, changed=True)
    assert [wait["what"] for wait in console.steps[0]["waits"]] == ["what never came"]


def test_the_longest_parts_are_named_in_their_order_and_the_sum_is_whole() -> None:
    steps = [
        step_done("build", 0.25),
        step_done("odoo-init", 4.0, restored=3.0, asked=0.01),
        step_done("up", 9.0, backend=3.5, edges=5.0),
        step_done("verify", 0.05),
    ]
    assert longest(steps) == (
        "13.3 s: edges 5.0 s, backend 3.5 s, restored 3.0 s, odoo-init 1.0 s, up 0.5 s, all else 0.3 s"
    )


def test_where_nothing_was_waited_for_nothing_is_said() -> None:
    assert longest([step_done("up", 1.0)]) == ""
