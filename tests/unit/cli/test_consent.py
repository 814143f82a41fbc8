from __future__ import annotations

import io

import pytest

from edge_tasks.cli.consent import ask_for_consent, load_on
from edge_tasks.cli.console import Console
from edge_tasks.errors import SettingsError
from edge_tasks.openems.backend_address import BackendAddress

ELSEWHERE = BackendAddress("wss://elsewhere", "elsewhere", 443, is_secure=True)
LOAD = load_on(ELSEWHERE, 100, 10)


class Typed(io.StringIO):
    """What somebody types on a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_load_names_connections_their_rate_and_messages() -> None:
    assert LOAD == (
        "100 connections to wss://elsewhere, at most 10 of them opened per second,"
        " and about 100 messages per second"
    )


def test_without_a_terminal_nobody_consents_unless_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    with pytest.raises(SettingsError, match="this means 100 connections") as refused:
        ask_for_consent(LOAD, Console())
    assert refused.value.hint.startswith("--yes")


@pytest.mark.parametrize("answer", ["yes\n", "YES \n", "y\n"])
def test_a_yes_is_consent(
    answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(answer))
    ask_for_consent(LOAD, Console(quiet=True))
    assert LOAD in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "yesterday\n"])
def test_anything_else_is_none(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Typed(answer))
    with pytest.raises(SettingsError, match="nothing was started"):
        ask_for_consent(LOAD, Console())
