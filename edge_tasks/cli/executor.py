"""Invoke's executor: one session for all steps of a call, and exit codes for our errors.

Invoke gives pre-tasks none of the main task's arguments. Here all options of a call, whichever task they were
typed behind, become one :class:`~edge_tasks.cli.session.Session`, which each step gets as its only argument: so a
step runs once, and with what was typed.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import invoke.executor
from invoke.exceptions import Exit

from edge_tasks.cli.interruption import CODE, end_in_order

if TYPE_CHECKING:
    from invoke.tasks import Call

    from edge_tasks.cli.invocation import Invocation

_ONLY_READ: Final = frozenset({"plan", "status", "logs"})
CHANGES_WHAT_OTHERS_REST_ON: Final = frozenset({"down", "restart", "reset", "rotate-keys"})
_BEGINS_AGAIN: Final = frozenset(
    {
        "doctor",
        "verify",
        "plan",
        "status",
        "households",
        "truth",
        "report",
        "export-keys",
        "logs",
        "cache",
    }
)
"""The tasks that, interrupted, have done nothing that the next call could go on from."""
_WHOLLY_AGAIN: Final = frozenset({"reset", "rotate-keys", "restart"})
"""The tasks that do all of it once more, also together with others."""
_CUT_OFF: Final = 128 + signal.SIGPIPE
"""As after SIGPIPE: if nobody read the output to its end, the work may not be complete."""
_NOT_USABLE: Final = 8
"""The exit code of :class:`edge_tasks.errors.NotWritable`."""
_MISSING: Final = 3
"""The exit code of :class:`edge_tasks.errors.MissingTool`."""


class Executor(invoke.executor.Executor):
    """Hands one session to all steps of a call, and turns our errors into exit codes."""

    _session: Any = None

    def execute(self, *tasks: Any) -> dict[Any, Any]:  # noqa: ANN401 - invoke's own signature
        """Run the tasks.

        Raises:
            Exit: with the error's message, hint and exit code; 130 when interrupted.
        """
        # Invoke keeps all that follows from being cached, and so would have it compiled at every call.
        sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
        from edge_tasks.errors import FleetError  # noqa: PLC0415 - kept out of `inv --list`

        try:
            results: dict[Any, Any] = super().execute(*tasks)
            self._succeed()
            self._finish(None)
        except FleetError as error:
            raise self._failed(error.message, error.hint, error.exit_code) from None
        except ImportError as error:
            raise self._not_installed(error) from None
        except KeyboardInterrupt:
            raise self._interrupted() from None
        except BrokenPipeError:
            discard_output()
            only_read = self._session.typed <= _ONLY_READ
            raise Exit(code=0 if only_read else _CUT_OFF) from None
        except OSError as error:
            raise self._failed(*_refused(error)) from None
        except Exit:  # of a task itself: plan --check
            self._finish(None)
            raise
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # Python's RuntimeError while it makes a class
                raise self._interrupted() from None
            self._finish(_fault(error))
            raise
        finally:
            self._close()
        return results

    def _interrupted(self) -> Exit:
        if (session := self._session) is not None:
            session.end_beside(patience_s=0.0)
        return self._failed("interrupted", self._what_goes_on(), CODE)

    def _close(self) -> None:
        """Nothing that is said meanwhile takes the place of why the call has failed."""
        if (session := self._session) is not None:
            try:
                session.close()
            except BrokenPipeError:
                discard_output()

    @cached_property
    def _invocation(self) -> Invocation:
        from edge_tasks.cli.invocation import find_invocation  # noqa: PLC0415 - kept out of `inv --list`

        folder = self.collection.loaded_from
        return find_invocation(folder and Path(folder).resolve(), Path.cwd(), self.collection.task_names)

    def _succeed(self) -> None:
        if (session := self._session) is not None:
            if session.beside.goes_on:
                session.console.line(f"  waiting until {session.beside.what}")
            session.await_beside()
            session.platform_used.succeed()

    def _what_goes_on(self) -> str:
        """What to type after Ctrl-C, and what that does."""
        typed = self._session.typed if self._session is not None else frozenset()
        begins_again = typed <= _BEGINS_AGAIN or not typed.isdisjoint(_WHOLLY_AGAIN)
        does = "begins again from the start" if begins_again else "continues where it stopped"
        return f"run the same command again; it {does}"

    def _finish(self, error: dict[str, Any] | None) -> None:
        if (session := self._session) is not None:
            session.console.finish(error)

    def _failed(self, message: str, hint: str, code: int) -> Exit:
        with suppress(BrokenPipeError):
            self._finish({"message": message, "hint": hint, "exit_code": code})
        text = self._invocation.worded(f"error: {message}" + (f"\n  → {hint}" if hint else ""))
        if self._session is None or not self._session.beside.is_busy:
            return Exit(text, code=code)
        self._session.console.error(text)  # invoke would say it after the end of what works beside
        return Exit(code=code)

    def _not_installed(self, error: ImportError) -> Exit:
        """This Python lacks packages that we need.

        Raises:
            ImportError: one of our own modules is missing, which is a bug in edge-tasks.
        """
        if (error.name or "edge_tasks").partition(".")[0] == "edge_tasks":
            raise error
        from edge_tasks.cli.invocation import how_to_install  # noqa: PLC0415 - kept out of `inv --list`

        inside = self._invocation.home.folder / ".venv" / "bin" / "inv"
        hint = how_to_install(self._invocation, sys.argv[1:], has_environment=inside.is_file())
        return self._failed(f"{sys.executable} cannot run edge-tasks: {error}", hint, _MISSING)

    def expand_calls(self, calls: list[Call]) -> list[Call]:
        """Give every call, typed or needed, the session instead of its options."""
        if self._session is None:
            self._make_session(calls)
        for call in calls:
            call.kwargs = {"session": self._session}
        expanded: list[Call] = super().expand_calls(calls)
        for call in expanded:
            call.kwargs = {"session": self._session}
        self._session.tasks = frozenset(_name(call) for call in expanded)
        return expanded

    def dedupe(self, calls: list[Call]) -> list[Call]:
        """Each task once. After one that changes what others rest on, those that follow are done again."""
        kept: list[Call] = []
        seen: set[str] = set()
        for call in calls:
            name = _name(call)
            if name not in seen:
                kept.append(call)
                seen = {name} if name in CHANGES_WHAT_OTHERS_REST_ON else {*seen, name}
        return kept

    def _make_session(self, calls: list[Call]) -> None:
        from edge_tasks.cli.session import Session  # noqa: PLC0415 - as above
        from edge_tasks.errors import SettingsError  # noqa: PLC0415 - kept out of `inv --list`

        options: dict[str, Any] = {}
        twice = empty = ""
        for call in calls:
            for name, value in call.kwargs.items():
                if _is_empty(value):
                    empty = f"--{name.replace('_', '-')}"
                elif value and options.setdefault(name, value) != value:
                    twice = f"--{name.replace('_', '-')}"
        typed = frozenset(map(_name, calls))
        section = self.config.get("edge_tasks") or {}
        configured = dict(section) if isinstance(section, dict) else {}
        self._session = Session(options, typed, configured, self._invocation)
        end_in_order()
        if section and not configured:
            raise SettingsError(
                f"invoke.yaml, edge_tasks is {section!r}",
                hint="write names and values, for example edge_tasks: {edges: 3}",
            )
        if empty:
            raise SettingsError(
                f"{empty} is ''", hint="give it a value, or leave it out; is a variable of your shell empty?"
            )
        if twice:
            raise SettingsError(
                f"{twice} was given twice, with different values", hint="give it once; it counts for all tasks"
            )
        if self.config.run.dry:
            raise SettingsError("--dry would not stop a task from doing its work", hint="inv plan")


def _name(call: Call) -> str:
    """The task's name, as it is typed."""
    return str(call.task.name).replace("_", "-")


def _is_empty(value: object) -> bool:
    """Whether an option was typed with an empty value; None was not typed."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and not one.strip() for one in values)


def _refused(error: OSError) -> tuple[str, str, int]:
    """What the system refused, where no step had a word of its own for it: message, hint, exit code."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return f"the system refused: {reason}", "inv doctor", _NOT_USABLE
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else str(error.filename)
    hint = "is the file yours, and readable? run this as its owner, or correct the rights"
    return f"{name} cannot be used: {reason}", hint, _NOT_USABLE


def _fault(error: Exception) -> dict[str, Any]:
    """A fault of ours in the document, whose text may hold secrets and is not repeated."""
    hint = "this is a fault of edge-tasks; report it with the traceback on standard error"
    return {"message": f"unexpected {type(error).__name__}", "hint": hint, "exit_code": 1}


def discard_output() -> None:
    """Write nothing more to a pipe that nobody reads, not even when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
