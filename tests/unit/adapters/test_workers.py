from __future__ import annotations

import multiprocessing
import os
import signal
import time
from functools import partial

import pytest

from edge_tasks.adapters import workers

_SEEN: dict[str, object] = {}


def begin(word: str) -> None:
    _SEEN["word"] = word
    _SEEN["blocked"] = signal.pthread_sigmask(signal.SIG_BLOCK, ())


def work(part: int) -> tuple[int, int, dict[str, object]]:
    return part * part, os.getpid(), _SEEN


def insist(_part: int) -> None:
    """Press Ctrl-C again and again, and never end."""
    while True:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(0.2)


def test_ctrl_c_is_not_waited_for_when_it_comes_again() -> None:
    with pytest.raises(KeyboardInterrupt), workers.shared(insist, range(3), 2):
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []


def test_what_has_not_begun_is_left_out_when_the_body_fails() -> None:
    with pytest.raises(ValueError, match="enough"), workers.shared(work, range(100), 1) as results:
        raise ValueError("enough")
    assert results[-1].cancelled()
    assert multiprocessing.active_children() == []


def blocked() -> set[signal.Signals | int]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def test_results_come_from_processes_that_were_made_ready_and_never_see_ctrl_c() -> None:
    with workers.shared(work, range(3), 2, partial(begin, "ready")) as results:
        assert signal.SIGINT not in blocked(), "this process sees it"
        found = [one.result() for one in results]
    assert [square for square, _, _ in found] == [0, 1, 4]
    assert os.getpid() not in {process for _, process, _ in found}
    for _, _, seen in found:
        assert seen["word"] == "ready"
        assert signal.SIGINT in seen["blocked"]  # type: ignore[operator] # a set, as `begin` has put it there
