"""What ``inv --help TASK`` and ``inv TASK --help-all`` print. No I/O."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.attach_options import DEFAULTS
from edge_tasks.cli.effects import can_matter
from edge_tasks.cli.option import Matters, Saved, Setting
from edge_tasks.cli.options import COMMON
from edge_tasks.cli.own_options import OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edge_tasks.cli.option import Option

_FIRST: Final = (
    *("edges", "light_edges", "meters", "platform", "runtime", "port_offset"),
    *("timeout", "json", "quiet"),
)
"""The common options that most people need."""
_OFTEN: Final = "profile"
"""Its help is too long for the short page, so only its name is there."""
_FEW: Final = 3
"""Up to this number, the others are not worth a page of their own."""
_OF_DOCKER: Final = (Matters.DOCKER, Matters.BUNDLED_DOCKER)
_OF_LIGHT: Final = (Matters.LIGHT, Matters.LIGHT_DOCKER, Matters.SWARM)


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
        usable = [option for option in COMMON.values() if can_matter(option, self.tasks)]
        rest = [option for option in usable if option.name not in _FIRST]
        hidden = [] if with_all or len(rest) <= _FEW else rest
        shown = [option for option in usable if option not in hidden]
        sections = [(title, options) for title, options in self._sections(shown) if options]
        left = max(len(option.spelling) for _, options in sections for option in options)
        parts = [f"Usage: {self.command} {self.task} [options] [another task ...]", f"  {self.summary}"]
        parts += [
            "\n".join((f"{title}:", *_lines(map(self._here, options), left, width)))
            for title, options in sections
        ]
        end = self._more(hidden) if hidden else "Options may follow any task of a command."
        return "\n\n".join((*parts, textwrap.fill(end, width, break_on_hyphens=False)))

    def _here(self, option: Option) -> Option:
        """What an option of all tasks means to this one: attach saves nothing, and has defaults of its own."""
        if self.tasks != {"attach"} or not isinstance(option, Setting):
            return option
        return replace(option, saved=Saved.NOT, default_words=DEFAULTS.get(option.name, option.default_words))

    def _more(self, hidden: Sequence[Option]) -> str:
        """How to see the rest, with the names of those that are often wanted, or that an error may ask for."""
        own = [option.option for option in hidden if option.name == _OFTEN or self.task in option.used_by]
        such = f", such as {', '.join(own[:-1])}{' and ' if own[:-1] else ''}{own[-1]}" if own else ""
        return f"{self.command} {self.task} --help-all also shows {len(hidden)} options{such}."

    def _sections(self, shown: Sequence[Option]) -> tuple[tuple[str, Sequence[Option]], ...]:
        rest = [option for option in shown if option.name not in _FIRST]
        return (
            (f"Options of {self.task}", OWN.get(self.task, ())),
            ("Common options", [COMMON[name] for name in _FIRST if COMMON[name] in shown]),
            ("For special cases", [option for option in rest if option.matters is Matters.ALWAYS]),
            ("For light edges", [option for option in rest if option.matters in _OF_LIGHT]),
            ("For the embedded runtime", [option for option in rest if option.matters is Matters.EMBEDDED]),
            ("For the docker runtime", [option for option in rest if option.matters in _OF_DOCKER]),
        )


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
