"""The command ``edge-tasks``, and what makes the tasks of ``tasks.py`` out of functions."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from invoke.exceptions import Exit
from invoke.program import Program

import edge_tasks
from edge_tasks.cli.asked import answer, explained, load_settings
from edge_tasks.cli.executor import Executor, discard_output
from edge_tasks.cli.interruption import end_at_once
from edge_tasks.cli.own_options import options_of
from edge_tasks.cli.step_task import StepTask
from edge_tasks.cli.streams import prepare_streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from invoke.collection import Collection

_NAME: Final = "edge-tasks"
_MANY_OBJECTS: Final = 100_000
"""Modules, and edges by the thousand, live as long as a call: to search them for garbage takes 8 % of it."""


def step(*pre: StepTask, post: tuple[StepTask, ...] = ()) -> Callable[[Callable[..., None]], StepTask]:
    """Make a task of ``(context, session)``, with the options that the table of options has for its name."""
    return lambda body: StepTask(body, options_of(body.__name__.replace("_", "-")), pre, post)


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
        prepare_streams(as_json="--json" in (sys.argv if argv is None else argv))
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
        with explained(self._tasks, _NAME, self.argv[1:]):
            super().parse_core_args()

    def parse_collection(self) -> None:
        """Take the tasks, and the ``invoke.yaml`` of the current folder."""
        super().parse_collection()
        load_settings(self.config, Path.cwd(), self.argv[1:])
        self.config.tasks.executor_class = None  # the file may name another, for an `inv` in this folder

    def parse_tasks(self) -> None:
        """Read the tasks and their options."""
        answer(self._tasks, _NAME, self.argv[1:], self.core, self.initial_context)
        super().parse_tasks()

    def no_tasks_given(self) -> None:
        """List the tasks."""
        self.list_tasks()
        raise Exit


def main() -> None:
    """The command ``edge-tasks``."""
    end_at_once()
    gc.set_threshold(_MANY_OBJECTS)
    EdgeTasks(_read_tasks()).run()


def speak_for_inv(tasks: Collection) -> None:
    """For ``inv``, which is Invoke's own program: print help, and what was typed wrong. Do nothing for others.

    Invoke's program prints its parser's words by itself, so the parser is asked here first. It reads
    ``invoke.yaml`` later, without a word of its own, so that is read here, too. It has no place for a closed pipe
    in ``inv --list | head`` either: that is an uncaught error there.

    Raises:
        Exit: what was typed cannot be read, or it was help that was asked for.
    """
    from invoke.main import program  # noqa: PLC0415 - only `inv` has it at all

    if not program.argv:  # somebody else imports the tasks
        return
    gc.set_threshold(_MANY_OBJECTS)
    typed = program.argv[1:]
    prepare_streams(as_json="--json" in typed)
    sys.excepthook = _end_quietly_on_a_closed_pipe
    load_settings(program.config, Path(__file__).resolve().parents[2], typed)
    if not typed:
        program.args.list.set_value(True, cast=False)  # as `inv --list`
        return
    if program.args.help.value or program.core.unparsed:  # `inv --list` stays quick
        answer(tasks, "inv", typed, program.core, program.initial_context)


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
