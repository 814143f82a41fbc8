"""Invoke's executor, and ``step``: tasks whose options reach the pre-tasks.

Invoke gives pre-tasks none of the main task's arguments. Here all options of a call, whichever task they were
typed behind, become one :class:`~edge_tasks.cli.session.Session`, which each step gets as its only argument: so a
step runs once, and with what was typed.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import invoke.executor
from invoke.exceptions import Exit, ParseError
from invoke.tasks import task

from edge_tasks.cli.options import COMMON

_FLAGS: Final = frozenset(
    {
        *(name for name, option in COMMON.items() if option.is_flag),
        "all",
        "purge",
        "check",
        "force",
        "fix",
        "follow",
        "offline",
        "watch",
    }
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from invoke.collection import Collection
    from invoke.tasks import Call, Task

_ONLY_READ: Final = frozenset({"plan", "status", "logs"})
_CUT_OFF: Final = 128 + signal.SIGPIPE
"""As if by SIGPIPE: work whose output nobody read to its end was not done to its end."""


def step(
    *pre: Any,  # noqa: ANN401 - invoke's tasks have no useful type
    post: tuple[Any, ...] = (),
    **own: str,
) -> Callable[[Callable[..., None]], Task[Any]]:
    """Make a task of ``(context, session)``, with the common options and its own (name → help)."""

    def decorate(body: Callable[..., None]) -> Task[Any]:
        options = {**{option.option[2:]: option.help for option in COMMON.values()}, **own}
        parameters = [inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        parameters += [
            inspect.Parameter(
                name.replace("-", "_"),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=False if name.replace("-", "_") in _FLAGS else "",
            )
            for name in options
        ]
        body.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        made: Task[Any] = task(pre=list(pre), post=list(post), help=options, auto_shortflags=False)(body)
        return made

    return decorate


def order(last: Task[Any]) -> tuple[str, ...]:
    """The names of a task and of all that it rests on, as they are done."""
    names: dict[str, None] = {}
    for task_before in last.pre:
        names |= dict.fromkeys(order(task_before))
    return (*names, last.name.replace("_", "-"))


def end_quietly_on_a_closed_pipe() -> None:
    """What invoke prints itself (``inv --list | head``) is outside our executor's reach."""
    others = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, BrokenPipeError):
            os._exit(0)  # an uncaught error would end with 1, and nothing has failed
        else:
            others(kind, error, trace)

    sys.excepthook = hook


def explain_what_was_typed_wrong(tasks: Collection) -> None:
    """Let invoke's own parser say what to type, too; it offers no other place for that than its error's text."""

    def explained(error: ParseError) -> str:
        from edge_tasks.cli.typos import explain  # noqa: PLC0415 - `inv --list` stays quick

        context = error.context
        options = [name for name in (context.flag_names() if context else ()) if name.startswith("--")]
        said, task = Exception.__str__(error), str(context.name or "") if context else ""
        return explain(said, task, options, list(tasks.task_names))

    ParseError.__str__ = explained  # type: ignore[assignment, method-assign]


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


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
            self._finish(None)
        except FleetError as error:
            raise self._failed(error.message, error.hint, error.exit_code) from None
        except KeyboardInterrupt:
            raise self._failed("interrupted", "run the same again: it goes on where it was", 130) from None
        except BrokenPipeError:
            _discard_output()
            only_read = self._session.typed <= _ONLY_READ
            raise Exit(code=0 if only_read else _CUT_OFF) from None
        except Exit:  # of a task itself: plan --check
            self._finish(None)
            raise
        finally:
            if (session := self._session) is not None:
                session.close()
        return results

    def _finish(self, error: dict[str, Any] | None) -> None:
        if (session := self._session) is not None:
            session.console.finish(error)

    def _failed(self, message: str, hint: str, code: int) -> Exit:
        with suppress(BrokenPipeError):
            self._finish({"message": message, "hint": hint, "exit_code": code})
        return Exit(f"error: {message}" + (f"\n  → {hint}" if hint else ""), code=code)

    def expand_calls(self, calls: list[Call]) -> list[Call]:
        """Give every call, typed or brought along, the session in place of its options."""
        if self._session is None:
            self._make_session(calls)
        for call in calls:
            call.kwargs = {"session": self._session}
        expanded: list[Call] = super().expand_calls(calls)
        for call in expanded:
            call.kwargs = {"session": self._session}
        return expanded

    def _make_session(self, calls: list[Call]) -> None:
        from edge_tasks.cli.session import Session  # noqa: PLC0415 - as above
        from edge_tasks.errors import SettingsError  # noqa: PLC0415 - kept out of `inv --list`

        options: dict[str, Any] = {}
        twice = ""
        for call in calls:
            for name, value in call.kwargs.items():
                if value not in (None, "", False) and options.setdefault(name, value) != value:
                    twice = f"--{name.replace('_', '-')}"
        typed = frozenset(call.task.name.replace("_", "-") for call in calls)
        self._session = Session(options, typed, dict(self.config.get("edge_tasks", {})))
        if twice:
            raise SettingsError(
                f"{twice} was given twice, as different values", hint="give it once: it holds for all tasks"
            )
