"""What ``inv --help TASK`` and ``inv TASK --help-all`` print. No I/O."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.effects import can_matter
from edge_tasks.cli.option import Matters
from edge_tasks.cli.options import COMMON, OWN
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edge_tasks.cli.option import Option

_FIRST: Final = (
    *("edges", "light_edges", "platform", "runtime", "port_offset"),
    *("timeout", "json", "quiet"),
)
"""The common options that most people need."""
_OF_DOCKER: Final = (Matters.DOCKER, Matters.BUNDLED_DOCKER)
_OF_LIGHT: Final = (Matters.LIGHT, Matters.LIGHT_DOCKER)


@dataclass(frozen=True)
class TaskHelp:
    """A task's page.

    Attributes:
        command: what is typed before the task.
        task: its name.
        summary: what it does.
        tasks: its name, and those of the tasks that it needs: an option that none of them uses is left out.
    """

    command: str
    task: str
    summary: str
    tasks: frozenset[str]

    def text(self, width: int, *, with_all: bool) -> str:
        """The page: its own options first, then the common ones, or all that can matter.

        Args:
            width: of the terminal.
            with_all: not only those that most people need.
        """
        sections = tuple(self._sections(with_all=with_all))
        left = max(len(option.spelling) for _, options in sections for option in options)
        parts = [f"Usage: {self.command} {self.task} [options] [another task ...]", f"  {self.summary}"]
        parts += ["\n".join((f"{title}:", *_lines(options, left, width))) for title, options in sections]
        return "\n\n".join((*parts, self._end(with_all=with_all)))

    def _sections(self, *, with_all: bool) -> Iterator[tuple[str, Sequence[Option]]]:
        usable = [option for option in COMMON.values() if can_matter(option, self.tasks)]
        rest = [option for option in usable if option.name not in _FIRST]
        sections: tuple[tuple[str, Sequence[Option]], ...] = (
            (f"Options of {self.task}", OWN.get(self.task, ())),
            ("Common options", [COMMON[name] for name in _FIRST if COMMON[name] in usable]),
            ("For special cases", [option for option in rest if option.matters is Matters.ALWAYS]),
            ("For light edges", [option for option in rest if option.matters in _OF_LIGHT]),
            ("For the docker runtime", [option for option in rest if option.matters in _OF_DOCKER]),
        )
        yield from ((title, options) for title, options in (sections if with_all else sections[:2]) if options)

    def _end(self, *, with_all: bool) -> str:
        hidden = [one for one in COMMON.values() if one.name not in _FIRST and can_matter(one, self.tasks)]
        if with_all or not hidden:
            return "Options may follow any task of a command."
        more = counted(len(hidden), "option")
        return f"{self.command} {self.task} --help-all also shows {more} for special cases."


def _lines(options: Iterable[Option], left: int, width: int) -> Iterator[str]:
    for option in options:
        head = f"  {option.spelling:<{left}}   "
        yield textwrap.fill(
            option.help,
            max(width, len(head) + 30),
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_on_hyphens=False,
        )
