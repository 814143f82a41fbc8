"""What is answered before any task is run: help, the list of tasks, and what was typed wrong."""

from __future__ import annotations

import inspect
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from invoke.exceptions import Exit, ParseError
from invoke.parser.parser import Parser

from edge_tasks.cli.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from invoke.collection import Collection
    from invoke.config import Config
    from invoke.parser.context import ParserContext
    from invoke.parser.parser import ParseResult

    from edge_tasks.cli.step_task import StepTask

HELP_ALL: Final = "--help-all"
_UNREADABLE: Final = 2
"""The exit code of :class:`edge_tasks.errors.SettingsError`: ``plan --check`` has 1 for itself."""
_WIDEST: Final = 114


def needed_by(last: StepTask) -> tuple[str, ...]:
    """The names of a task and of all tasks that it needs, in the order in which they run."""
    names: dict[str, None] = {}
    for before in last.rests_on:
        names |= dict.fromkeys(needed_by(before))
    return (*names, last.name.replace("_", "-"))


def answer(
    tasks: Collection, command: str, typed: Sequence[str], core: ParseResult, before_tasks: ParserContext
) -> None:
    """Print a task's help if it was asked for; otherwise only see whether what was typed can be read.

    Args:
        tasks: all there are.
        command: ``inv`` or ``edge-tasks``.
        typed: what was typed behind it.
        core: the same, read as far as the first task.
        before_tasks: the options that may stand before a task.

    Raises:
        Exit: help was printed, or what was typed cannot be read.
    """
    words = [word for word in core.unparsed if word != HELP_ALL]
    with_all = len(words) < len(core.unparsed)
    with explained(tasks, command, typed):
        parser = Parser(initial=before_tasks, contexts=_named(tasks, typed))
        first, *others = parser.parse_argv(words)
        asked = core[0].args.help.value or first.args.help.value
        if with_all and not isinstance(asked, str):
            asked = others[0].name if others else HELP_ALL
        if isinstance(asked, str) and asked not in parser.contexts:
            raise ParseError(f"No idea what {asked!r} is!")
    if isinstance(asked, str):
        _print_help(tasks, asked, command, with_all=with_all)
        raise Exit


def _named(tasks: Collection, words: Sequence[str]) -> list[ParserContext]:
    """The tasks that may have been typed, and a few others: the parser copies all that it gets, and slowly."""
    return [one for one in tasks.to_contexts() if any(str(one.name) in word for word in words)]


@contextmanager
def explained(tasks: Collection, command: str, words: Sequence[str]) -> Iterator[None]:
    """Say what to type in place of what invoke's parser says; with ``--json`` in a document, too.

    Args:
        tasks: all there are.
        command: ``inv`` or ``edge-tasks``.
        words: what was typed behind it.

    Raises:
        Exit: the parser could not read something.
    """
    try:
        yield
    except ParseError as error:
        from edge_tasks.cli.typos import Typed  # noqa: PLC0415 - `inv --list` stays quick

        context = error.context
        known = {name: [f"--{option}" for option in tasks[name].options] for name in tasks.task_names}
        options = [name for name in (context.flag_names() if context else ()) if name.startswith("--")]
        task = str(context.name or "") if context else ""
        told = Typed(words, task, options, known, command).explained(str(error))
        raise refusal(told.message, told.hint, _UNREADABLE, words) from None


def load_settings(config: Config, folder: Path, words: Sequence[str]) -> None:
    """Read a folder's ``invoke.yaml``.

    Args:
        config: of invoke.
        folder: with the file, or without it.
        words: what was typed.

    Raises:
        Exit: it cannot be read.
    """
    config.set_project_location(folder)
    try:
        config.load_project()
    except Exception as error:  # noqa: BLE001 - invoke has no error of its own for a file that it cannot read
        why = " ".join(str(error).split())
        raise refusal(f"invoke.yaml cannot be read: {why}", "correct it, or remove it", 2, words) from None


def refusal(message: str, hint: str, code: int, words: Sequence[str]) -> Exit:
    """The end of a call that has no session yet; if ``--json`` is among its words, with a document."""
    if "--json" in words:
        Console(as_json=True).finish({"message": message, "hint": hint, "exit_code": code})
    return Exit(f"error: {message}\n  → {hint}", code=code)


def _print_help(tasks: Collection, name: str, command: str, *, with_all: bool) -> None:
    from edge_tasks.cli.help import TaskHelp  # noqa: PLC0415 - `inv --list` stays quick

    task = tasks[name]
    used = frozenset(one for last in (task, *task.post) for one in needed_by(last))
    page = TaskHelp(command, name, (inspect.getdoc(task) or "").partition("\n")[0], used)
    width = min(shutil.get_terminal_size().columns, _WIDEST) - 1
    Console().page(page.text(width, with_all=with_all))
