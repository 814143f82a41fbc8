"""The command ``edge-tasks``, and what makes the tasks of ``tasks.py`` out of functions."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from invoke.exceptions import Exit, ParseError
from invoke.parser.parser import Parser
from invoke.program import Program

import edge_tasks
from edge_tasks.cli.executor import Executor, discard_output
from edge_tasks.cli.options import options_of
from edge_tasks.cli.step_task import StepTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from invoke.collection import Collection

_NAME: Final = "edge-tasks"
_UNREADABLE: Final = 1
"""The exit code when there is no such task or option, as invoke has it."""


def step(*pre: StepTask, post: tuple[StepTask, ...] = ()) -> Callable[[Callable[..., None]], StepTask]:
    """Make a task of ``(context, session)``, with the options that the table of options has for its name."""
    return lambda body: StepTask(body, options_of(body.__name__.replace("_", "-")), pre, post)


def order(last: StepTask) -> tuple[str, ...]:
    """The names of a task and of all tasks that it needs, in the order in which they run."""
    names: dict[str, None] = {}
    for before in last.rests_on:
        names |= dict.fromkeys(order(before))
    return (*names, last.name.replace("_", "-"))


class EdgeTasks(Program):
    """The tasks as a program of their own, which works for the current folder."""

    def __init__(self, tasks: Collection) -> None:
        super().__init__(
            version=edge_tasks.__version__,
            namespace=tasks,
            name=_NAME,
            binary=_NAME,
            binary_names=[_NAME],
            executor_class=Executor,
        )
        self._tasks = tasks

    def run(self, argv: list[str] | None = None, exit: bool = True) -> None:  # noqa: A002, FBT001, FBT002 - invoke's
        """Run; a reader that goes away (``edge-tasks --list | head``) is not a failure."""
        try:
            try:
                super().run(argv, exit)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            discard_output()
            sys.exit(0)

    def parse_core_args(self) -> None:
        """Read the options that stand before any task."""
        with _explained(self._tasks, _NAME):
            super().parse_core_args()

    def parse_collection(self) -> None:
        """Take the tasks, and the ``invoke.yaml`` of the current folder."""
        super().parse_collection()
        self.config.set_project_location(Path.cwd())
        try:
            self.config.load_project()
        except Exception as error:  # noqa: BLE001 - invoke has no error of its own for a file that it cannot read
            why = " ".join(str(error).split())
            raise Exit(
                f"error: invoke.yaml cannot be read: {why}\n  → correct it, or remove it", code=2
            ) from None
        self.config.tasks.executor_class = None  # the file may name another, for an `inv` in this folder

    def parse_tasks(self) -> None:
        """Read the tasks and their options."""
        with _explained(self._tasks, _NAME):
            super().parse_tasks()

    def parse_cleanup(self) -> None:
        """Do what ends before any task is run: ``--help``, ``--list``."""
        with _explained(self._tasks, _NAME):
            super().parse_cleanup()


def main() -> None:
    """The command ``edge-tasks``."""
    EdgeTasks(_read_tasks()).run()


def tell_inv_what_was_typed_wrong(tasks: Collection) -> None:
    """For ``inv``, which is Invoke's own program: explain what was typed wrong. Do nothing for other programs.

    Invoke's program prints its parser's words by itself, so the parser is asked here first. It has no place for
    a closed pipe in ``inv --list | head`` either: that is an uncaught error there.

    Raises:
        Exit: what was typed cannot be read.
    """
    from invoke.main import program  # noqa: PLC0415 - only `inv` has it at all

    if not program.argv:  # somebody else imports the tasks
        return
    sys.excepthook = _end_quietly_on_a_closed_pipe
    asked = program.args.help.value
    if asked or program.core.unparsed:  # `inv --list` stays quick
        with _explained(tasks, "inv"):
            parser = Parser(initial=program.initial_context, contexts=tasks.to_contexts())
            parser.parse_argv(program.core.unparsed)
            if isinstance(asked, str) and asked not in parser.contexts:
                raise ParseError(f"No idea what {asked!r} is!")


@contextmanager
def _explained(tasks: Collection, command: str) -> Iterator[None]:
    """Say what to type in place of what invoke's parser says.

    Raises:
        Exit: the parser could not read something.
    """
    try:
        yield
    except ParseError as error:
        from edge_tasks.cli.typos import explain  # noqa: PLC0415 - `inv --list` stays quick

        context = error.context
        options = [name for name in (context.flag_names() if context else ()) if name.startswith("--")]
        task = str(context.name or "") if context else ""
        text = explain(str(error), task, options, list(tasks.task_names), command)
        raise Exit(text, code=_UNREADABLE) from None


def _end_quietly_on_a_closed_pipe(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if isinstance(error, BrokenPipeError):
        os._exit(0)  # an uncaught error would end with 1, and nothing has failed
    sys.__excepthook__(kind, error, trace)


def _read_tasks() -> Collection:
    """The tasks of ``tasks.py``, which a wheel has inside the package, and a clone beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "tasks.py"
    path = inside if inside.is_file() else package.parent / "tasks.py"
    spec = importlib.util.spec_from_file_location("edge_tasks.tasks", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Collection = module.namespace
    return found
