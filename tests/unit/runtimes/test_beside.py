from __future__ import annotations

import threading

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.beside import Beside


def test_work_goes_on_beside_and_is_waited_for() -> None:
    beside, may_end, did = Beside(), threading.Event(), list[str]()

    def work() -> None:
        may_end.wait(5)
        did.append("done")

    beside.begin(work)
    assert (beside.is_busy, did) == (True, [])
    may_end.set()
    beside.settle()
    assert (beside.is_busy, did) == (False, ["done"])


def test_a_failure_is_raised_once_where_it_is_waited_for() -> None:
    beside = Beside()

    def work() -> None:
        raise CommandFailed("Odoo does not answer")

    beside.begin(work)
    with pytest.raises(CommandFailed, match="Odoo does not answer"):
        beside.settle()
    beside.settle()


def test_what_begins_next_waits_for_what_began_before() -> None:
    beside, did = Beside(), list[int]()
    for number in range(20):
        beside.begin(lambda number=number: did.append(number))  # type: ignore[misc]
    beside.settle()
    assert did == list(range(20))


def test_nothing_is_waited_for_where_nothing_was_begun() -> None:
    Beside().settle()
