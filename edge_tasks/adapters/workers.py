"""Processes that share some work. They end with the process that has started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import CancelledError, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
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
    the work never see it, not even while they load their modules. What they have begun is awaited, and killed if
    Ctrl-C comes meanwhile.

    Args:
        work: is done with each part; a function of a module.
        parts: of the work.
        processes: how many share it.
        begin: makes each process ready.
    """
    context = multiprocessing.get_context("spawn")  # a fork would share what this process has open
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, context, partial(_begin, begin))
    results: list[Future[_R]] = []
    try:
        with _ctrl_c_kept_back():
            results += [pool.submit(work, part) for part in parts]
        yield results
    finally:
        try:
            _await_begun(results)
        except KeyboardInterrupt:
            with _ctrl_c_kept_back():
                for process in set(multiprocessing.active_children()) - others:
                    process.terminate()
            raise
        finally:
            with _ctrl_c_kept_back():  # Python hangs at its end if Ctrl-C interrupts this (gh-90882)
                pool.shutdown()


def _await_begun(results: Sequence[Future[_R]]) -> None:
    """Begin nothing more, and wait until what was begun is done."""
    for one in results:
        one.cancel()
    for one in results:
        with suppress(CancelledError):
            one.exception()


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
