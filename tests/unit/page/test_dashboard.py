from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.page import guard
from edge_tasks.page.history import History, Track
from edge_tasks.page.secrecy import MASK, shown
from edge_tasks.page.snapshot import CHANNELS, Row, Snapshot, news, rows_of, whole
from edge_tasks.page.static_files import STATIC
from edge_tasks.proof.verdict import EdgeState, Verdict

NOTHING: tuple[float | None, ...] = (None,) * 5


def verdict(name: str, state: EdgeState = EdgeState.ONLINE, age: float | None = 1.0, **sums: Any) -> Verdict:
    return Verdict(name, state, values={f"_sum/{key}": value for key, value in sums.items()}, message_age_s=age)


def row(state: str = "online", figures: tuple[float | None, ...] = (0, 5000, 500, -4500, 30)) -> Row:
    return Row(state, "", "", 7.0, figures)


ROWS = st.builds(
    Row,
    st.sampled_from([state.value for state in EdgeState]),
    st.sampled_from(["", "its process does not run"]),
    st.sampled_from(["", "inv up"]),
    st.none() | st.integers(0, 9).map(float),
    st.tuples(*[st.none() | st.integers(-9, 9)] * 5),
)
SNAPSHOTS = st.builds(
    Snapshot,
    st.floats(0, 1e6),
    problem=st.sampled_from(["", "the fleet is down"]),
    about=st.sampled_from([{}, {"platform": "p"}]),
    rows=st.dictionaries(st.sampled_from(["edge0", "edge1", "edge2"]), ROWS),
)


@given(SNAPSHOTS, SNAPSHOTS)
def test_a_page_that_applies_the_news_knows_the_whole(old: Snapshot, new: Snapshot) -> None:
    told = news(old, new)
    known = whole(old)
    page = told if told["type"] == "whole" else {**known, **told, "edges": {**known["edges"], **told["edges"]}}
    assert {**page, "type": "whole"} == whole(new)


def test_what_did_not_change_is_not_told_again() -> None:
    old = Snapshot(1.0, rows={"edge0": row(), "edge1": row()})
    new = Snapshot(2.0, rows={"edge0": row(), "edge1": row("offline")})
    assert list(news(old, new)["edges"]) == ["edge1"]


def test_a_value_that_nobody_told_is_not_zero() -> None:
    rows = rows_of(
        [verdict("edge0", GridActivePower=None, EssSoc="UNDEFINED", ProductionActivePower=True)], 10, {}
    )
    assert rows["edge0"].figures == NOTHING
    assert Snapshot(1.0, rows=rows).totals == NOTHING


def test_sums_are_of_those_that_report_and_charge_is_their_mean() -> None:
    rows = {"edge0": row(figures=(1, 2, 3, 4, 20)), "edge1": row("offline", NOTHING)}
    snapshot = Snapshot(1.0, rows={**rows, "edge2": row(figures=(10, 20, 30, 40, 40))})
    assert list(snapshot.totals) == [11, 22, 33, 44, 30.0]
    assert snapshot.reporting == 2
    assert snapshot.counts == {"online": 2, "offline": 1}


def test_the_same_message_seen_a_moment_later_is_no_news() -> None:
    first = rows_of([verdict("edge0", age=3.0)], 100.0, {})
    again = rows_of([verdict("edge0", age=4.3)], 101.0, first)
    later = rows_of([verdict("edge0", age=0.5)], 120.0, again)
    assert first["edge0"].heard == again["edge0"].heard == 97.0
    assert later["edge0"].heard == 119.5


def test_a_long_step_is_two_points_and_ends_where_the_next_begins() -> None:
    track = Track(100)
    for at, figures in [(1, (5,)), (2, (5,)), (3, (5,)), (4, (None,)), (5, (None,)), (6, (7,))]:
        track.add(at, figures)
    assert track.columns == [[1, 3, 4, 5, 6], [5, 5, None, None, 7]]


def test_history_forgets_edges_that_left_the_fleet_and_keeps_its_size() -> None:
    history = History()
    history.add(Snapshot(1.0, rows={"edge0": row(), "edge1": row()}))
    for at in range(5000):
        history.add(Snapshot(2.0 + at, rows={"edge0": row(figures=(at, 0, 0, 0, 0))}))
    assert history.edge("edge1") == []
    assert len(history.edge("edge0")[0]) == 1800
    assert len(history.fleet.columns) == 1 + len(CHANNELS)


@pytest.mark.parametrize("host", ["127.0.0.1:8099", "localhost:9000", "LOCALHOST", "[::1]:8099"])
def test_this_machine_is_let_in_by_any_of_its_names(host: str) -> None:
    assert guard.refusal({"Host": host}) == ""
    assert guard.refusal({"Host": host, "Origin": f"http://{host}"}) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "evil.example:8099"},
        {"Host": "127.0.0.1.evil.example:8099"},
        {"Host": "127.0.0.1:8099@evil.example"},
        {"Host": "localhost:8099", "Origin": "http://localhost:3000"},
        {"Host": "localhost:8099", "Origin": "https://localhost:8099"},
        {"Host": "localhost:8099", "Origin": "null"},
        {"Host": "localhost:8099", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "localhost:8099", "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "websocket"},
    ],
)
def test_another_page_is_refused(headers: dict[str, str]) -> None:
    assert guard.refusal(headers)


def test_a_link_from_another_page_may_lead_here() -> None:
    link = {"Host": "localhost:8099", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert guard.refusal(link) == ""


@given(
    st.recursive(
        st.text(max_size=5) | st.just("my SECRETKEY1 here") | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_secret_is_never_shown_wherever_it_stands(document: Any) -> None:
    assert "SECRETKEY1" not in json.dumps(shown({"SECRETKEY1": document}, ["SECRETKEY1", ""]))


def test_values_with_secret_names_are_masked_and_others_are_kept() -> None:
    found = shown({"apikey": "x", "userPassword": 1, "keyForFreeApps": "0", "uri": "ws://h", "token": ""}, [])
    assert found == {"apikey": MASK, "userPassword": MASK, "keyForFreeApps": MASK, "uri": "ws://h", "token": ""}


def test_the_page_has_nothing_inline_and_nothing_from_outside() -> None:
    page = (STATIC / "index.html").read_text()
    own = [
        path for path in STATIC.iterdir() if path.suffix in {".js", ".css", ".html"} and "uPlot" not in path.name
    ]
    assert len(own) >= 6
    assert "style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert not [path.name for path in own if "https://" in path.read_text() or "innerHTML" in path.read_text()]
    assert "unsafe" not in guard.HEADERS["Content-Security-Policy"]


def test_the_charting_library_lies_there_with_its_licence() -> None:
    assert "(v1.6.32)" in (STATIC / "uPlot.iife.min.js").read_text()[:200]
    assert "MIT" in (STATIC / "uPlot.LICENSE").read_text()


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({}, True),
        ({"Sec-Fetch-Mode": "cors"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, True),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "cors"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, False),
        ({"Sec-Fetch-Site": "NONE", "Sec-Fetch-Mode": "cors"}, False),
        ({"Sec-Fetch-Site": "", "Sec-Fetch-Mode": "cors"}, False),
    ],
)
def test_a_browser_that_says_less_of_a_request_is_let_in_and_one_that_says_it_is_foreign_is_not(
    headers: dict[str, str],
    let_in: bool,  # noqa: FBT001
) -> None:
    assert (guard.refusal({"Host": "localhost:8099", **headers}) == "") is let_in


def test_moments_are_kept_to_a_tenth_of_a_second() -> None:
    track = Track(10)
    track.add(1.26, (5,))
    track.add(2.04, (6,))
    assert track.columns == [[1.3, 2.0], [5, 6]]


def test_a_step_back_to_an_earlier_figure_is_a_step_of_its_own() -> None:
    track = Track(100)
    for at, figure in enumerate((5, 6, 6, 5, 5, 5)):
        track.add(at, (figure,))
    assert track.columns == [[0, 1, 2, 3, 5], [5, 6, 6, 5, 5]]
    short = Track(100)
    for at, figure in enumerate((5, 6, 5)):
        short.add(at, (figure,))
    assert short.columns == [[0, 1, 2], [5, 6, 5]]
    once = Track(100)
    for at, figure in enumerate((5, 5, 6, 6)):
        once.add(at, (figure,))
    assert once.columns == [[0, 1, 2, 3], [5, 5, 6, 6]]


def test_a_track_never_has_more_points_than_it_may_however_many_edges_there_are() -> None:
    history = History()
    for at in range(1900):
        history.add(Snapshot(float(at), rows={"edge0": row(figures=(at, 0, 0, 0, 0))}))
    assert len(history.fleet.columns[0]) == 1800
    for edges, most in ((7, 1800), (150, 1333), (7_000, 30)):
        crowd = History()
        rows = {f"edge{n}": row() for n in range(edges)}
        crowd.add(Snapshot(0.0, rows=rows))
        for at in range(1, most + 5):
            crowd._edges["edge0"].add(float(at), (at, 0, 0, 0, 0))
        assert len(crowd.edge("edge0")[0]) == most


def test_a_row_is_what_the_verdict_says_and_its_figures_are_those_of_the_channels() -> None:
    values = {
        "_sum/GridActivePower": -1,
        "_sum/ProductionActivePower": 2.5,
        "_sum/ConsumptionActivePower": 3,
        "_sum/EssActivePower": 4,
        "_sum/EssSoc": 55,
        "_sum/State": 0,
    }
    ill = Verdict("edge7", EdgeState.SILENT, "silent for 99 s", "inv up", values, message_age_s=99.04)
    never = Verdict("edge8", EdgeState.UNKNOWN, "the fleet is down", "inv up")
    assert rows_of([ill, never], 1000.0, {}) == {
        "edge7": Row("silent", "silent for 99 s", "inv up", 901.0, (-1, 2.5, 3, 4, 55)),
        "edge8": Row("unknown", "the fleet is down", "inv up", None, NOTHING),
    }


def test_a_message_is_news_from_two_seconds_on() -> None:
    before = {"edge0": replace(row(), heard=10.0)}
    for age, heard in ((2.0, 12.0), (2.1, 10.0)):
        assert rows_of([verdict("edge0", age=age)], 14.0, before)["edge0"].heard == heard


def test_a_page_gets_the_names_and_the_rounding_that_it_was_written_for() -> None:
    rows = {"edge0": row(figures=(1, 2, 3, 4, 20)), "edge1": row(figures=(1, 2, 3, 4, 21.5))}
    rows["edge1"] = replace(rows["edge1"], node="red")
    about = {"platform": "/p"}
    old = Snapshot(1.0, about=about)
    new = Snapshot(2.3456, 0.12345, "the backend does not answer", "inv up", about, rows)
    head = {
        "at": 2.35,
        "took": 0.123,
        "looked": True,
        "problem": "the backend does not answer",
        "hint": "inv up",
        "totals": (2, 4, 6, 8, 20.8),
        "reporting": 2,
    }
    edges = {name: ["online", "", "", 7.0, found.figures, found.node] for name, found in rows.items()}
    assert whole(new) == {"type": "whole", **head, "about": about, "edges": edges}
    assert news(old, new)["type"] == "whole"
    assert news(replace(new, at=1.0), new) == {"type": "news", **head, "edges": {}}
