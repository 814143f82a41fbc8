"""When steps began, what they waited for, and what of it took longest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from edge_tasks.cli.console import Console
from edge_tasks.cli.timeline import longest

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


def test_a_step_has_its_own_waits_and_none_of_an_earlier_one() -> None:
    console = Console(quiet=True)
    began = time.monotonic()
    with console.waiting("the first"):
        time.sleep(0.01)
    console.step("build", "", time.monotonic() - began, changed=True)
    time.sleep(0.15)
    began = time.monotonic()
    with console.waiting("the second"):
        time.sleep(0.01)
    console.step("up", "", time.monotonic() - began, changed=True)
    build, up = console.steps
    assert [wait["what"] for wait in build["waits"]] == ["the first"]
    assert [wait["what"] for wait in up["waits"]] == ["the second"]
    assert up["begin"] >= build["begin"] + build["seconds"]
    (wait,) = up["waits"]
    assert up["begin"] <= wait["begin"] + 0.001
    assert 0.01 <= wait["seconds"] <= up["seconds"] + 0.001


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
