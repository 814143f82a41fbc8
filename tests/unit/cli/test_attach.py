"""What ``inv attach`` refuses before it connects to anything."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.checkout.home import Home
from edge_tasks.cli.attach import attach
from edge_tasks.cli.invocation import Invocation
from edge_tasks.cli.session import Session
from edge_tasks.errors import FleetError, MissingTool, NoAnswer, NotWritable, SettingsError
from edge_tasks.fleet.keys_file import EdgeKey, write_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELSEWHERE = "wss://elsewhere.invalid"
NOBODY = "wss://127.0.0.1:1"


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FleetError]:
    """Why a call with these options is refused."""
    for name in ("CONNECT_RATE", "PLATFORM", "PROFILE", "SEED"):
        monkeypatch.delenv(f"EDGE_TASKS_{name}", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    keys = tmp_path / "keys.csv"
    write_keys(keys, [EdgeKey(f"edge{index}", f"KEY{index}") for index in range(120)])
    invocation = Invocation("inv", Home(tmp_path, is_clone=True), frozenset({"attach"}))
    usual = {"backend": ELSEWHERE, "keys": str(keys), "edge": "0-9", "output": str(tmp_path / "report.html")}

    def call(**options: Any) -> FleetError:
        session = Session({**usual, **options}, frozenset({"attach"}), {}, invocation)
        with pytest.raises(FleetError) as found:
            attach(session)
        assert not list(tmp_path.glob("*.attach"))
        return found.value

    return call


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"backend": ""}, "--backend is missing", "inv attach --backend"),
        ({"backend": "https://host"}, "--backend is 'https://host'", "wss://HOST"),
        ({"keys": ""}, "--keys is missing", "inv export-keys --output keys.csv"),
        ({"keys": "keys.txt"}, "keys.txt", "FILE.csv or FILE.json"),
        ({"edge": "7-x"}, "--edge is '7-x'", "use a form such as"),
        ({"edge": "119-120"}, "the file of keys has no edge120", "export it"),
        ({"edge": ""}, "120 edges are more than 100", "--limit 120, or fewer edges: --edge 0-99"),
        ({"edge": "0-4", "limit": "4"}, "5 edges are more than 4", "--limit 5"),
        ({"for": "24"}, "--for is '24'", "with s, m, h or d behind it"),
        ({"min_availability": "101"}, "--min-availability is '101'", "allowed"),
        ({"output": "report.pdf"}, "report.pdf", "FILE.html"),
        ({"ca": "/none.pem"}, "--ca: /none.pem cannot be used", "PEM"),
        ({"rest": "ftp://host"}, "--rest is 'ftp://host'", "https://HOST:PORT"),
        ({"rest": "https://[::1"}, "--rest is 'https://[::1'", "https://HOST:PORT"),
        ({"rest": "https://a..b:8075"}, "--rest is 'https://a..b:8075'", "https://HOST:PORT"),
        ({"backend": "wss://a..b"}, "--backend is 'wss://a..b'", "wss://HOST"),
        ({"rest": "https://u:p@host"}, "--rest is", "without a password"),
        ({"rest": "https://host", "netrc": "/none"}, "/none cannot be used", "--netrc"),
        ({"connect_rate": "0"}, "--connect-rate is '0'", "allowed"),
        ({"profile": "castle"}, "there is no profile 'castle'", "household"),
        ({"platform": "/none"}, "/none is not a directory", "--platform"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_type(
    refused: Callable[..., FleetError], options: dict[str, str], message: str, hint: str
) -> None:
    error = refused(**options)
    assert isinstance(error, SettingsError)
    assert message in error.message
    assert hint in error.hint


def test_a_backend_elsewhere_needs_consent_and_ten_edges_may_connect_per_second(
    refused: Callable[..., FleetError],
) -> None:
    error = refused()
    assert error.message == (
        f"this means 10 connections to {ELSEWHERE}, at most 10 of them opened per second,"
        " and about 10 messages per second"
    )
    assert error.hint.startswith("--yes")


def test_a_report_that_could_not_be_written_in_the_end_is_refused_in_the_beginning(
    refused: Callable[..., FleetError], tmp_path: Path
) -> None:
    error = refused(output=str(tmp_path / "none" / "report.html"))
    assert isinstance(error, NotWritable)
    assert error.message == f"{tmp_path / 'none'} cannot be written"


def test_a_report_never_replaces_the_apikeys_or_a_file_of_somebody_else(
    refused: Callable[..., FleetError], tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    write_keys(keys, [EdgeKey("edge0", "KEY0")])
    error = refused(edge="", keys=str(keys), output=str(tmp_path / "keys.html"))
    assert isinstance(error, SettingsError)
    assert error.message == f"--output would replace the apikeys in {keys}"
    assert "--output keys-report.html" in error.hint
    (tmp_path / "fleet.json").write_text("{}")
    error = refused(output=str(tmp_path / "fleet.html"))
    assert isinstance(error, SettingsError)
    assert error.message.startswith(f"--output would replace {tmp_path / 'fleet.json'}, which is no report")
    assert "--output fleet-report.html" in error.hint


def test_another_rate_and_more_edges_can_be_asked_for(refused: Callable[..., FleetError]) -> None:
    message = refused(edge="", limit="120", connect_rate="500").message
    assert "120 connections" in message
    assert "at most 500 of them" in message


def test_the_machine_itself_needs_no_consent_and_is_asked_once_before_any_edge_connects(
    refused: Callable[..., FleetError],
) -> None:
    error = refused(backend=NOBODY)
    assert isinstance(error, NoAnswer)
    assert not isinstance(error, MissingTool)
    assert error.message.startswith("127.0.0.1:1 cannot be reached")


def test_a_login_that_the_file_does_not_have_is_asked_for(
    refused: Callable[..., FleetError], tmp_path: Path
) -> None:
    login = tmp_path / "netrc"
    login.write_text("machine another login admin password secret\n")
    error = refused(rest="https://host", netrc=str(login))
    assert error.message == f"{login} has no login for host"
    assert error.hint == "machine host login USER password PASSWORD"


def test_consent_that_is_given_beforehand_is_not_said_to_have_no_effect(
    refused: Callable[..., FleetError], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(yes=True)
    assert "no effect" not in capsys.readouterr().out


def test_options_about_a_fleet_are_said_to_have_no_effect(
    refused: Callable[..., FleetError], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(edges="3", runtime="docker", connect_rate="5")
    assert capsys.readouterr().out.splitlines() == [
        "! --edges has no effect here: attach needs no fleet",
        "! --runtime has no effect here: attach needs no fleet",
    ]
