from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from edge_tasks.errors import BackendError
from edge_tasks.proof.turns import Turns
from tests.waiting import LONG_S


class Backend:
    """One whose Odoo is too late for calls that come together, and for some more after them."""

    def __init__(self, together: int, later: int = 0) -> None:
        self.gate, self.numbers = threading.Barrier(together, timeout=LONG_S), itertools.count()
        self.together, self.failures = together, together + later
        self.asking, self.most = 0, 0

    def answer(self) -> bytes:
        number = next(self.numbers)
        if number < self.together:
            self.gate.wait()
        else:
            self.asking += 1
            self.most = max(self.most, self.asking)
            time.sleep(0.01)
            self.asking -= 1
        if number < self.failures:
            raise BackendError("answered 500", code=500)
        return b"{}"


def test_calls_that_made_one_another_too_late_are_made_again_one_by_one() -> None:
    backend, turns = Backend(8), Turns()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: turns.take(backend.answer), range(20))) == [b"{}"] * 20
    assert next(backend.numbers) == 28  # later calls are not made together any more, so none is made twice
    assert backend.most == 1


def test_a_call_is_made_alone_as_often_as_it_may_help() -> None:
    backend = Backend(1, later=2)
    assert Turns().take(backend.answer) == b"{}"
    assert next(backend.numbers) == 4


def test_what_is_always_refused_is_raised_after_a_few_tries() -> None:
    backend = Backend(1, later=3)
    with pytest.raises(BackendError, match="answered 500"):
        Turns().take(backend.answer)
    assert next(backend.numbers) == 4


@pytest.mark.parametrize("code", [0, 400, 401])
def test_another_error_is_raised_at_once(code: int) -> None:
    calls = itertools.count()

    def refuse() -> bytes:
        next(calls)
        raise BackendError("refused", code=code)

    with pytest.raises(BackendError, match="refused"):
        Turns().take(refuse)
    assert next(calls) == 1


def test_a_minute_later_calls_are_made_together_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("edge_tasks.proof.turns.time.monotonic", lambda: now[0])
    turns = Turns()
    assert turns.take(Backend(1).answer) == b"{}"
    now[0] = 160.0
    backend = Backend(4)
    with ThreadPoolExecutor(4) as pool:  # the barrier opens only if all four have come
        assert list(pool.map(lambda _: turns.take(backend.answer), range(4))) == [b"{}"] * 4
