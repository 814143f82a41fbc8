from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from edge_tasks.cli.console import Console
from edge_tasks.errors import SettingsError
from edge_tasks.proof.acceptance import Refusal
from edge_tasks.proof.availability import Span, Uptime
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.steps.attach_report import AttachReport, Run
from edge_tasks.steps.attach_report_files import AttachReportFiles
from edge_tasks.steps.attached_proof import AttachedProof
from tests.inv import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COUNTERS = {"messages": 120, "bytes": 9_000_000, "dropped": 0, "cycles": 130, "late_cycles": 13}
WELL = Uptime("edge0", Span(0, 100), (Span(0, 100),), (0.002,), (0.001, 0.003))
SELDOM = Uptime("edge1", Span(0, 100), (Span(1, 50), Span(53, 99)), (0.004, 0.006), (), why="<cut>")
UNTRIED = Uptime("edge2", None)


def run(*edges: Uptime, **more: Any) -> Run:
    given: dict[str, Any] = {"proof": None, "is_whole": True, **more}
    return Run("wss://elsewhere", 1_800_000_000.0, -10.0, 110.0, edges, COUNTERS, 0.99, **given)


def written(tmp_path: Path, of: Run, refusal: Refusal | None = None) -> tuple[str, dict[str, Any]]:
    path = tmp_path / "report.html"
    AttachReport(AttachReportFiles(path), Console(quiet=False)).write(of, refusal)
    return path.read_text(), json.loads(path.with_suffix(".json").read_text())


def test_the_document_has_what_the_schema_says(tmp_path: Path) -> None:
    proof = AttachedProof(BackendApi("https://rest", "user", "secret"), ["edge0"], 3, 1, 1, ["edge1"])
    page, document = written(tmp_path, run(WELL, SELDOM, UNTRIED, proof=proof))
    schema = json.loads((ROOT / "docs" / "reference" / "output.schema.json").read_text())
    jsonschema.validate({"error": None, "attach": document}, schema)
    assert document["availability"] == 97.5
    assert document["longest_gap_s"] == 3
    assert document["reconnects"] == {"count": 1, "p50_s": 3, "p95_s": 3, "p99_s": 3}
    assert document["answers"] == {"count": 3, "p50_s": 0.004, "p95_s": 0.006, "p99_s": 0.006}
    assert [edge["availability"] for edge in document["edges"]] == [100, 95, 0]
    assert [edge["longest_gap_began_s"] for edge in document["edges"]] == [10, 60, None]
    assert [edge["why"] for edge in document["edges"]] == ["", "<cut>", ""]
    assert document["proof"]["not_online"] == ["edge1"]
    assert "secret" not in page + json.dumps(document)


def test_the_page_says_whether_the_run_is_accepted_and_shows_the_worst_edge_first(tmp_path: Path) -> None:
    page, _ = written(tmp_path, run(WELL, SELDOM), Refusal("edge1 was away", "look at its network"))
    assert "not accepted" in page
    assert "edge1 was away" in page
    assert page.index('<th scope="row">edge1') < page.index('<th scope="row">edge0')
    assert "&lt;cut&gt;" in page
    assert "[[0.0, 10.0, 11.0, 60.0, 63.0, 109.0, 110.0], [0, 1, 2, 1, 2, 1, 0]]" in page
    well, _ = written(tmp_path, run(WELL))
    assert '<h1>1 edge: <span class="well">accepted</span>, connected 100.000 %</h1>' in well
    early, _ = written(tmp_path, run(WELL, is_whole=False))
    assert '<span class="ill">ended before its time</span>' in early


def test_people_read_the_figures_that_matter_and_the_edges_that_are_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, run(WELL, SELDOM, is_whole=False))
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["edge", "availability", "longest", "gap", "why"]
    assert said[1].split() == ["edge1", "95.000", "%", "3.00", "s,", "at", "60", "s", "<cut>"]
    assert said[2:-1] == [
        "edges     2 at wss://elsewhere for 110 s, ended before its time",
        "connected 97.500 %; the least edge1, 95.000 %",
        "away      1 reconnect: p50 3.00 s, p95 3.00 s, p99 3.00 s; the longest gap 3.00 s",
        "answers   3 first requests: p50 4.00 ms, p95 6.00 ms, p99 6.00 ms",
        "pings     2 pings: p50 1.00 ms, p95 3.00 ms, p99 3.00 ms",
        "late      13 of 130 cycles: this machine was busy",
    ]
    assert said[-1] == f"report    {tmp_path / 'report.html'}, report.json"


def test_a_report_may_replace_one_of_an_earlier_run_and_nothing_else(tmp_path: Path) -> None:
    files = AttachReportFiles(tmp_path / "report.html")
    for _ in range(2):
        files.check()
        written(tmp_path, run(WELL))
    others = (files.document, '[{"name": "edge0"}]'), (files.page, "<html>"), (files.document, "[" * 9999)
    for path, text in others:
        before = path.read_text()
        path.write_text(text)
        with pytest.raises(SettingsError, match=f"would replace {path}"):
            files.check()
        path.write_text(before)
