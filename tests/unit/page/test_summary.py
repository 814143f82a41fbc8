from __future__ import annotations

from dataclasses import replace

from edge_tasks.adapters import rendering
from edge_tasks.page.snapshot import CHANNELS
from edge_tasks.page.summary import ENERGIES, Line, summarize
from edge_tasks.proof.verdict import EdgeState, Verdict


def verdict(name: str, **energies: int) -> Verdict:
    return Verdict(name, EdgeState.ONLINE, values={f"_sum/{key}": value for key, value in energies.items()})


def test_energies_have_a_sum_and_one_that_nobody_tells_has_none() -> None:
    edges = [verdict("edge0", ProductionActiveEnergy=1500), verdict("edge1", ProductionActiveEnergy=500)]
    summary = summarize(
        [*edges, Verdict("edge2", EdgeState.OFFLINE, "its process does not run", "inv up")], {}, 0
    )
    assert summary.energies == (2000, *(None,) * (len(ENERGIES) - 1))
    assert [line.name for line in summary.ill] == ["edge2"]
    assert summary.counts == {"online": 2, "offline": 1}


def test_an_edge_came_after_or_before_the_fleet_was_brought_up_or_nobody_knows_when() -> None:
    since = {"edge0": 103.5, "edge1": 99.0, "edge3": 101.0}
    ill = Verdict("edge3", EdgeState.OFFLINE, "why")
    summary = summarize([verdict("edge0"), verdict("edge1"), verdict("edge2"), ill], since, 100.0)
    assert [line.came_s for line in summary.lines] == [3.5, -1.0, None, None]
    assert summary.arrivals(4.0).during == (3.5,)


def test_nothing_is_known_of_a_fleet_of_none() -> None:
    summary = summarize([], {}, 1.0)
    assert set(summary.figures) == set(summary.energies) == {None}


def test_html_templates_escape_what_is_filled_in_and_the_others_do_not() -> None:
    assert rendering.render(rendering.compiled("{{ text }}"), text="<b>") == "<b>"
    page = rendering.render(
        rendering.template("report.html.j2"),
        **dict.fromkeys(("at", "arrivals_note", "chart_style", "chart_script"), "<b>"),
        **{name: [] for name in ("lines", "titles", "sums", "ill", "facts")},
        energies=[{"title": "<b>", "svg": "<svg></svg>", "told": "<i>"}],
        counts={},
        brought_up=None,
        spans_nodes=False,
        looks=1,
        data={"text": "</script>"},
    )
    assert "<title>0 edges, &lt;b&gt;</title>" in page
    assert "\\u003c/script\\u003e" in page
    assert '<h3>&lt;b&gt;</h3><svg></svg><p class="note">&lt;i&gt;</p>' in page


def test_a_line_is_what_the_verdict_says_with_its_powers_and_energies() -> None:
    values = {channel: at for at, channel in enumerate((*CHANNELS, *ENERGIES))}
    found = summarize([Verdict("edge0", EdgeState.SILENT, "silent for 99 s", "inv up", values)], {}, 0.0)
    assert found.lines == (
        Line("edge0", "silent", "silent for 99 s", "inv up", None, (0, 1, 2, 3, 4), (5, 6, 7, 8, 9, 10)),
    )


def test_edges_have_their_nodes_where_they_run_on_several() -> None:
    one, other = verdict("edge0"), verdict("edge1")
    assert not summarize([one, other], {}, 0.0).spans_nodes
    summary = summarize([one, replace(other, node="red")], {}, 0.0)
    assert summary.spans_nodes
    assert [line.node for line in summary.lines] == ["", "red"]


def test_the_moment_of_coming_is_rounded_and_may_be_that_of_the_start() -> None:
    since = {"edge0": 100.0, "edge1": 101.237}
    edges = [verdict("edge0"), verdict("edge1"), verdict("edge2")]
    assert [line.came_s for line in summarize(edges, since, 100.0).lines] == [0.0, 1.24, None]
    assert [line.came_s for line in summarize(edges, since, 0.5).lines] == [99.5, 100.74, None]
    assert [line.came_s for line in summarize(edges, since, 0.0).lines] == [None, None, None]
