"""Questions to people about what cannot be undone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.cli.console import Console
    from edge_tasks.cli.session import Session

_ANSWERS: Final = {"y": True, "yes": True, "n": False, "no": False}


def is_confirmed(session: Session, question: str, *, default: bool) -> bool:
    """Whether people want it: they typed ``--yes``, or answer yes.

    Args:
        session: of the call.
        question: in a few words, with its question mark.
        default: the answer where only Enter is typed, and where nobody can be asked.
    """
    if session.flag("yes"):
        return True
    return _asked(session.console, question, default=default) if can_ask(session.console) else default


def can_ask(console: Console) -> bool:
    """Whether people sit at a terminal, and read there what is printed; in CI nobody does."""
    return console.is_screen and not console.as_json and sys.stdin.isatty() and not os.environ.get("CI")


def _asked(console: Console, question: str, *, default: bool) -> bool:
    choice = "[Y/n]" if default else "[y/N]"
    while True:
        console.prompt(f"{question} {choice} ")
        typed = sys.stdin.readline()
        if not typed:  # Ctrl-D
            console.line("")
            return False
        answer = typed.strip().lower()
        if not answer:
            return default
        if answer in _ANSWERS:
            return _ANSWERS[answer]
