from __future__ import annotations

import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.beside import Beside
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


def waited(_what: str) -> AbstractContextManager[None]:
    return nullcontext()


def test_work_goes_on_beside_and_is_waited_for() -> None:
    beside, may_end, did = Beside(), threading.Event(), list[str]()

    def work() -> None:
        may_end.wait(LONG_S)
        did.append("done")

    beside.begin("Odoo is ready", work)
    assert (beside.is_busy, did) == (True, [])
    may_end.set()
    beside.await_end(waited)
    assert (beside.is_busy, did) == (False, ["done"])


def test_a_failure_is_raised_once_where_it_is_waited_for() -> None:
    beside = Beside()

    def work() -> None:
        raise CommandFailed("Odoo does not answer")

    beside.begin("Odoo is ready", work)
    with pytest.raises(CommandFailed, match="Odoo does not answer"):
        beside.await_end(waited)
    beside.await_end(waited)


def test_what_is_waited_for_is_told() -> None:
    beside, told = Beside(), list[str]()

    @contextmanager
    def waiting(what: str) -> Iterator[None]:
        told.append(what)
        yield

    beside.begin("Odoo is ready", lambda: None)
    beside.await_end(waiting)
    beside.await_end(waiting)
    assert told == ["Odoo is ready"]


def test_after_another_failure_nobody_waits_for_ever_but_its_own_is_known() -> None:
    beside, may_end = Beside(), threading.Event()
    beside.begin("Odoo is ready", lambda: fail(may_end))
    assert (beside.end(0.01), beside.is_busy) == (None, False)
    beside.begin("Odoo is ready", lambda: fail(may_end))
    may_end.set()
    assert str(beside.end(LONG_S)) == "Odoo does not answer"
    assert beside.end(LONG_S) is None


def test_who_waits_for_a_while_is_told_for_what() -> None:
    beside, may_end, told = Beside(), threading.Event(), list[str]()
    beside.begin("Odoo is ready", lambda: fail(may_end))
    beside.end(0.01, told.append)
    may_end.set()
    assert told == ["  waiting 0 s at most until Odoo is ready; Ctrl-C ends that"]


def test_nobody_is_told_to_wait_for_what_has_ended() -> None:
    beside, told = Beside(), list[str]()
    beside.begin("Odoo is ready", lambda: None)
    while beside.goes_on:
        time.sleep(0.001)
    beside.end(LONG_S, told.append)
    assert told == []


def fail(when: threading.Event) -> None:
    when.wait(LONG_S)
    raise CommandFailed("Odoo does not answer")


def test_nothing_is_waited_for_where_nothing_was_begun() -> None:
    Beside().await_end(waited)
