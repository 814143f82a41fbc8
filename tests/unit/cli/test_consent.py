from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from edge_tasks.cli.consent import ask_for_consent, load_on
from edge_tasks.errors import SettingsError
from edge_tasks.openems.backend_address import BackendAddress
from tests.unit.cli.test_question import Keys, Screen

ELSEWHERE = BackendAddress("wss://elsewhere", "elsewhere", 443, is_secure=True)
LOAD = load_on(ELSEWHERE, 100, 10)


def ask(monkeypatch: pytest.MonkeyPatch, keys: io.StringIO, screen: Screen, *, yes: bool = False) -> None:
    monkeypatch.setattr(sys, "stdin", keys)
    session: Any = SimpleNamespace(console=screen, flag=lambda name: yes and name == "yes")
    ask_for_consent(LOAD, session)


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def test_the_load_names_connections_their_rate_and_messages() -> None:
    assert LOAD == (
        "100 connections to wss://elsewhere, at most 10 of them opened per second,"
        " and about 100 messages per second"
    )


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (io.StringIO("yes\n"), Screen()),
        (Keys("yes\n"), Screen(is_screen=False)),
        (Keys("yes\n"), Screen(as_json=True)),
    ],
)
def test_where_nobody_can_be_asked_nobody_consents_unless_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, keys: io.StringIO, screen: Screen
) -> None:
    with pytest.raises(SettingsError, match="this means 100 connections") as refused:
        ask(monkeypatch, keys, screen)
    assert refused.value.hint.startswith("--yes")
    ask(monkeypatch, keys, screen, yes=True)
    assert screen.said == []


def test_in_ci_nobody_is_asked_even_with_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SettingsError, match="this means 100 connections"):
        ask(monkeypatch, Keys("yes\n"), Screen())


@pytest.mark.parametrize("answer", ["yes\n", "YES \n", "y\n"])
def test_a_yes_is_consent(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    ask(monkeypatch, Keys(answer), screen)
    assert screen.said == [f"this means {LOAD}. Does its owner agree? [y/N] "]


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "yesterday\n"])
def test_anything_else_is_none(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="nothing was started"):
        ask(monkeypatch, Keys(answer), Screen())
