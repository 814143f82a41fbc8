from __future__ import annotations

import json
import re
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.cli.console import Console
from edge_tasks.errors import CommandFailed, EdgesNotOnline, NoAnswer
from edge_tasks.proof.availability import Event
from edge_tasks.steps import attach
from edge_tasks.steps.attach import Attach
from edge_tasks.steps.attach_report import AttachReport
from edge_tasks.steps.attach_report_files import AttachReportFiles
from edge_tasks.steps.attached_proof import AttachedProof

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTERS = {"messages": 1, "bytes": 1, "dropped": 0, "cycles": 1, "late_cycles": 0}


@dataclass
class Host:
    """Light edges that connect at once, or die, or are never there."""

    dies: bool = False
    starts: bool = True
    knows: bool = True
    began: float = 0.0
    stopped: bool = False

    @contextmanager
    def running(self) -> Iterator[None]:
        self.began = time.monotonic()
        yield
        self.stopped = True

    @property
    def has_started(self) -> bool:
        return self.starts

    @property
    def log(self) -> str:
        return "its log"

    def require(self) -> None:
        if self.dies:
            raise CommandFailed("a process of the light edges ended by itself (-9)", hint="see its log")

    def edges(self) -> dict[str, Any]:
        return {"edge0": {"state": "connected", "since": 0.0}}

    def counters(self) -> dict[str, int]:
        return COUNTERS

    def events(self) -> Iterator[Event]:
        assert self.stopped, "what the edges note is complete only in the end"
        last = "answered" if self.knows else "refused"
        return (Event(self.began, "edge0", what) for what in ("connecting", "open", last))


def run(host: Host, folder: Path, proof: AttachedProof | None = None, seconds: float = 0.1) -> bool:
    report = AttachReport(AttachReportFiles(folder / "report.html"), Console(quiet=True))
    step = Attach(cast("Any", host), "wss://there", ["edge0"], seconds, 0.5, proof, report, Console(), print)
    return step.run()


def written(folder: Path) -> str:
    assert json.loads((folder / "report.json").read_text())["edges"][0]["name"] == "edge0"
    return (folder / "report.html").read_text()


def test_a_run_whose_edges_were_connected_ends_when_its_time_is_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(Host(), tmp_path)
    assert "accepted</span>, connected 100.000 %" in written(tmp_path)
    assert re.match(r"1 edge connected after \d", capsys.readouterr().out)


def test_a_refused_apikey_is_an_error_after_the_report(tmp_path: Path) -> None:
    with pytest.raises(EdgesNotOnline, match="refuses the apikey of edge0"):
        run(Host(knows=False), tmp_path)
    assert "refuses the apikey of edge0" in written(tmp_path)


def test_a_process_that_dies_ends_the_run_and_no_report_calls_it_accepted(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ended by itself"):
        run(Host(dies=True), tmp_path)
    assert '<span class="ill">not accepted</span>' in written(tmp_path)


def test_a_process_that_dies_at_the_very_end_is_not_overlooked(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ended by itself"):
        run(Host(dies=True), tmp_path, seconds=0.0)


def test_edges_that_never_begin_are_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attach, "_START_S", 0.05)
    with pytest.raises(CommandFailed, match="did not start"):
        run(Host(starts=False), tmp_path)
    assert not list(tmp_path.iterdir())


@dataclass
class Api:
    """A REST API that answers the first question, and then no more."""

    asked: int = 0
    rest: str = "https://rest"

    def online(self, names: list[str]) -> dict[str, bool]:
        self.asked += 1
        if self.asked > 1:
            raise NoAnswer("https://rest does not answer")
        return dict.fromkeys(names, True)


def test_a_backend_that_is_silent_at_the_end_has_proved_nothing(tmp_path: Path) -> None:
    proof = AttachedProof(cast("Any", Api()), ["edge0"])
    with pytest.raises(NoAnswer, match="did not say at the end which edges are online: https://rest") as silent:
        run(Host(), tmp_path, proof)
    assert "--rest" in silent.value.hint
    assert "did not say at the end" in written(tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["proof"]["online"] is None


def test_a_refused_apikey_explains_more_than_a_silent_backend(tmp_path: Path) -> None:
    with pytest.raises(EdgesNotOnline, match="refuses the apikey"):
        run(Host(knows=False), tmp_path, AttachedProof(cast("Any", Api()), ["edge0"]))


@dataclass
class Impatient(Api):
    """While it is asked at the end, somebody ends the program once more."""

    number: int = signal.SIGINT

    def online(self, names: list[str]) -> dict[str, bool]:
        self.asked += 1
        if self.asked > 1:
            signal.raise_signal(self.number)
        return dict.fromkeys(names, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_does_not_wait_for_the_last_answer_still_gets_the_report(tmp_path: Path, number: int) -> None:
    with pytest.raises(NoAnswer, match="it was not waited for"):
        run(Host(), tmp_path, AttachedProof(cast("Any", Impatient(number=number)), ["edge0"]))
    assert "it was not waited for" in written(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_report_that_is_being_written_is_written_to_its_end(tmp_path: Path, number: int) -> None:
    class Ended(Host):
        def events(self) -> Iterator[Event]:
            signal.raise_signal(number)
            return super().events()

    assert run(Ended(), tmp_path)
    written(tmp_path)
