"""What a call does about work that goes on beside its steps."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import invoke.config
import pytest
from invoke.exceptions import Exit

import tasks
from edge_tasks.cli import executor as executor_module
from edge_tasks.cli.executor import Executor
from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.session import Session
from edge_tasks.errors import CommandFailed, EdgesNotOnline
from edge_tasks.runtimes.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from invoke.tasks import Call


@pytest.fixture
def session() -> Session:
    """One whose Odoo does not start."""
    made = Session({}, frozenset({"setup"}), {}, find_invocation(None, Path.cwd(), ["setup"]))
    made.beside.begin("Odoo is ready", fail)
    return made


def fail() -> None:
    raise CommandFailed("Odoo does not answer")


def test_its_failure_is_that_of_the_call_where_it_is_waited_for(session: Session) -> None:
    with pytest.raises(CommandFailed, match="Odoo does not answer"):
        session.await_beside()


@pytest.mark.parametrize("ends_by", ["close", "begin_again"])
def test_its_failure_is_said_where_nobody_needs_it_any_more(
    session: Session, capsys: pytest.CaptureFixture[str], ends_by: str
) -> None:
    while session.beside.goes_on:
        time.sleep(0.001)
    getattr(session, ends_by)()
    session.close()
    assert capsys.readouterr().out == "  ! Odoo does not answer\n"


class Watched(Beside):
    """Work beside that notes what had been said when its end was waited for, which may be interrupted."""

    def __init__(self, read: Callable[[], str], *, is_interrupted: bool) -> None:
        super().__init__()
        self.said_before = ""
        self._read, self._is_interrupted = read, is_interrupted

    def end(self, seconds: float, say: Callable[[str], None] = print) -> BaseException | None:
        if self.is_busy:
            self.said_before = self._read()
            if self._is_interrupted:
                raise KeyboardInterrupt
        return super().end(seconds, say)


class FailingBeside(Executor):
    """A step fails while something works beside."""

    beside: Beside

    def dedupe(self, calls: list[Call]) -> list[Call]:  # noqa: ARG002 - nothing is run
        self._session.beside = self.beside
        self.beside.begin("Odoo is ready", lambda: None)
        raise EdgesNotOnline("one edge is not well", hint="look at it")


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_the_error_of_a_step_is_said_before_the_end_of_what_works_beside_and_is_that_of_the_call(
    capsys: pytest.CaptureFixture[str], *, is_interrupted: bool
) -> None:
    executor = FailingBeside(tasks.namespace, invoke.config.Config(lazy=True))
    executor.beside = beside = Watched(lambda: capsys.readouterr().err, is_interrupted=is_interrupted)
    with pytest.raises(Exit) as ended:
        executor.execute(("up", {}))
    assert beside.said_before == "error: one edge is not well\n  → look at it\n"
    assert (ended.value.code, ended.value.message) == (6, None)


class Unread(Beside):
    """Work beside of which nobody reads any more what is said."""

    def end(self, seconds: float, say: Callable[[str], None] = print) -> BaseException | None:
        raise BrokenPipeError(seconds, say)


def test_a_call_that_fails_ends_with_its_error_also_if_nobody_reads_what_is_said_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[str] = []
    monkeypatch.setattr(executor_module, "discard_output", lambda: did.append("output discarded"))
    executor = FailingBeside(tasks.namespace, invoke.config.Config(lazy=True))
    executor.beside = Unread()
    monkeypatch.setattr(ExitStack, "close", lambda _stack: did.append("lock given back"))
    with pytest.raises(Exit) as ended:
        executor.execute(("up", {}))
    assert (ended.value.code, did) == (6, ["lock given back", "output discarded"])


def test_ctrl_c_ends_only_the_wait(session: Session) -> None:
    session.beside = Watched(str, is_interrupted=True)
    session.beside.begin("Odoo is ready", lambda: None)
    session.begin_again()


class InterruptedBeside(Executor):
    """Ctrl-C, when what works beside has failed already."""

    def dedupe(self, calls: list[Call]) -> list[Call]:  # noqa: ARG002 - nothing is run
        self._session.beside.begin("Odoo is ready", fail)
        while self._session.beside.goes_on:
            time.sleep(0.001)
        raise KeyboardInterrupt


def test_who_interrupts_a_call_is_told_what_has_failed_beside(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit, match="interrupted"):
        InterruptedBeside(tasks.namespace, invoke.config.Config(lazy=True)).execute(("up", {}))
    assert capsys.readouterr().out == "  ! Odoo does not answer\n"
