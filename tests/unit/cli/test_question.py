"""When people are asked, and what counts as an answer."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from edge_tasks.cli.question import is_confirmed


class Screen:
    """A console of a terminal, or of something else."""

    def __init__(self, *, is_screen: bool = True, as_json: bool = False) -> None:
        self.is_screen = is_screen
        self.as_json = as_json
        self.said: list[str] = []

    def prompt(self, text: str) -> None:
        self.said.append(text)

    line = prompt


class Keys(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def asked(
    monkeypatch: pytest.MonkeyPatch,
    keys: io.StringIO,
    screen: Screen,
    *,
    default: bool = False,
    yes: bool = False,
) -> bool:
    monkeypatch.setattr(sys, "stdin", keys)
    session: Any = SimpleNamespace(console=screen, flag=lambda name: yes and name == "yes")
    return is_confirmed(session, "remove it?", default=default)


@pytest.mark.parametrize(
    ("typed", "default", "answer"),
    [
        ("y\n", False, True),
        ("YES\n", False, True),
        (" n \n", True, False),
        ("no\n", True, False),
        ("\n", True, True),
        ("\n", False, False),
        ("what?\ny\n", False, True),
        ("", True, False),
        ("what?\n", True, False),
    ],
)
def test_an_answer_is_yes_no_or_enter(
    monkeypatch: pytest.MonkeyPatch, typed: str, *, default: bool, answer: bool
) -> None:
    screen = Screen()
    assert asked(monkeypatch, Keys(typed), screen, default=default) is answer
    assert screen.said[0] == f"remove it? {'[Y/n]' if default else '[y/N]'} "


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (io.StringIO("y\n"), Screen()),
        (Keys("y\n"), Screen(is_screen=False)),
        (Keys("y\n"), Screen(as_json=True)),
    ],
)
def test_where_nobody_reads_or_types_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, keys: io.StringIO, screen: Screen, *, default: bool
) -> None:
    assert asked(monkeypatch, keys, screen, default=default) is default
    assert screen.said == []


def test_in_ci_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    screen = Screen()
    assert (asked(monkeypatch, Keys("y\n"), screen), screen.said) == (False, [])


def test_yes_is_an_answer_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    assert (asked(monkeypatch, Keys("n\n"), screen, yes=True), screen.said) == (True, [])
