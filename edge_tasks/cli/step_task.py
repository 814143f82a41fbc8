"""An Invoke task whose options come from a table, not from a function's parameters."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from invoke.parser.argument import Argument
from invoke.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.cli.option import Option


class StepTask(Task):  # type: ignore[type-arg] # generic since 2.2; older ones are to get as far as an error
    """A task of ``(context, session)``.

    Args:
        body: the function that is run.
        options: name, as it is typed without the dashes → option.
        pre: the tasks that are done before it.
        post: the tasks that are done after it.
    """

    def __init__(
        self,
        body: Callable[..., None],
        options: Mapping[str, Option],
        pre: Sequence[StepTask] = (),
        post: Sequence[StepTask] = (),
    ) -> None:
        super().__init__(body, help={name: option.help for name, option in options.items()})
        self.rests_on = tuple(pre)
        self.pre = list(pre)  # type: ignore[arg-type] # invoke declares names, and wants tasks
        self.post = list(post)  # type: ignore[arg-type] # likewise
        self.options = options

    def __deepcopy__(self, memo: object) -> StepTask:
        """The same task: it never changes. Invoke copies each with all that it rests on, at each call."""
        return self

    def fill_implicit_positionals(self, positional: Iterable[str] | None) -> Iterable[str]:  # noqa: ARG002 - invoke's
        """No option: each is typed with its dashes."""
        return ()

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: ARG002, FBT001 - invoke's signature
        """The options, as invoke's parser wants them."""
        return [_argument(name, option) for name, option in self.options.items()]


class _Typed(Argument):
    """An option. Invoke's parser copies those of all tasks, deeply, which took a tenth of a second."""

    def __deepcopy__(self, memo: object) -> _Typed:
        """The same option, whose value changes by itself; nothing else of it ever changes."""
        return copy(self)


def _argument(name: str, option: Option) -> Argument:
    identifier = name.replace("-", "_")
    kind, default = (bool, False) if option.is_flag else (list, None) if option.is_repeatable else (str, None)
    return _Typed(
        name=name,
        attr_name=None
        if identifier == name
        else identifier,  # invoke never ends with a name that is its own alias
        kind=kind,
        default=default,
        help=option.help,
    )
