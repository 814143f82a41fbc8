"""Processes that share some work. They end with the process that has started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

_T = TypeVar("_T")
_R = TypeVar("_R")


def _is_ready() -> None:
    """A process needs nothing else to be ready."""


@contextmanager
def shared(
    work: Callable[[_T], _R],
    parts: Iterable[_T],
    processes: int,
    begin: Callable[[], None] = _is_ready,
) -> Iterator[list[Future[_R]]]:
    """The results of some work, in the order of its parts. What has not begun at the end of the body is left out.

    At a terminal Ctrl-C goes to all processes of a command. It is the affair of this one alone: those that share
    the work never see it, not even while they load their modules.

    Args:
        work: is done with each part; a function of a module.
        parts: of the work.
        processes: how many share it.
        begin: makes each process ready.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share what this process has open
    pool = ProcessPoolExecutor(processes, context, partial(_begin, begin))
    try:
        with _ctrl_c_kept_back():
            results = [pool.submit(work, part) for part in parts]
        yield results
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _ctrl_c_kept_back() -> Iterator[None]:
    """Processes that are started meanwhile never get SIGINT; if it comes, this one gets it afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[[], None]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
