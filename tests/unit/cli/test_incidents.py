"""Whose incidents are refused, and which edges have one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from edge_tasks.cli.incidents import check_edges, incidents_by_edge, remarks_of
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.groups import Group
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.incident_entry import typed
from edge_tasks.history.past_incidents import PastIncidents
from tests.unit.made_of import blueprints

DAY = 86_400_000
AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
FLEET = Fleet("f", bytes(32), size=6, light=4)
BENCH = Group("bench", (range(2),), light=False, households=0, profile="constant", seed="s")
VILLAGE = Group("my village", (range(2, 4),), light=True, households=1, profile="constant", seed="s")
TOWN = Group("town", (range(4, 6),), light=True, households=0, profile="constant", seed="s")
GROUPS = BENCH, VILLAGE, TOWN
LIGHT = {"edge2", "edge3", "edge4", "edge5"}
PAST = PastIncidents(AUGUST, AUGUST + 31 * DAY, AUGUST + 31 * DAY, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("whose", "problem"),
    [
        ("edges=5-6", "there is no edge6"),
        ("group=city", "there is no group city"),
        ("edges=1-3", "edge1 can have no past: real edges count by themselves"),
        ("group=town edges=2-3", "no edge of 2-3 is in group town"),
        ("group=bench edges=1-5", "edge1 can have no past: real edges count by themselves"),
        ("group=bench", "edge0, edge1 can have no past: real edges count by themselves"),
    ],
)
def test_edges_that_cannot_have_an_incident_are_refused(whose: str, problem: str) -> None:
    entry = typed(f"left {whose} at=2025-08-03")
    with pytest.raises(SettingsError) as caught:
        check_edges(entry, GROUPS, 6, LIGHT)
    assert caught.value.message == f"{entry.where}: {problem}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("whose", "names"),
    [
        ("", ["edge2", "edge3", "edge4", "edge5"]),
        ("edges=3,5", ["edge3", "edge5"]),
        ("group='my village'", ["edge2", "edge3"]),
        ("group=town edges=0-4", ["edge4"]),
    ],
)
def test_an_incident_is_of_the_edges_that_it_names_or_of_all_light_ones(whose: str, names: list[str]) -> None:
    entry = typed(f"left {whose} at=2025-08-03")
    check_edges(entry, GROUPS, 6, LIGHT)
    edges = [edge for edge in blueprints(*GROUPS).described(FLEET.edges) if edge.name in LIGHT]
    assert list(incidents_by_edge([PAST.dated(entry)], edges, PAST)) == names


def test_a_household_that_only_some_edges_have_is_refused_for_the_others() -> None:
    replaced = PAST.dated(typed("meter-replaced meter=meter4 at=2025-08-03"))
    edges = [edge for edge in blueprints(*GROUPS).described(FLEET.edges) if edge.name in LIGHT]
    assert list(incidents_by_edge([replaced], edges[:2], PAST)) == ["edge2", "edge3"]
    with pytest.raises(SettingsError, match="edge4 has no meter meter4"):
        incidents_by_edge([replaced], edges, PAST)


def test_what_begins_after_the_last_point_is_said_but_not_forgotten() -> None:
    past = PastIncidents(AUGUST, AUGUST + 9 * DAY, AUGUST + 31 * DAY, ZoneInfo("UTC"))
    texts = ("gap from=2025-08-10 to=2025-08-11", "gap from=2025-08-09 to=2025-08-09", "left at=2025-08-12")
    wanted = [past.dated(typed(text)) for text in texts]
    (remark,) = remarks_of(wanted, past)
    assert remark.endswith("this gap begins after --to, so it changes nothing yet")
    edges = [edge for edge in blueprints(*GROUPS).described(FLEET.edges) if edge.name in LIGHT]
    assert len(incidents_by_edge(wanted, edges, past)["edge2"]) == 3


def test_counters_that_begin_again_after_the_last_point_are_said() -> None:
    past = PastIncidents(AUGUST, AUGUST + 9 * DAY, AUGUST + 31 * DAY, ZoneInfo("UTC"))
    texts = ("counter-reset at=2025-08-10", "meter-replaced meter=meter3 at=2025-08-09T23:59Z")
    (remark,) = remarks_of([past.dated(typed(text)) for text in texts], past)
    assert remark == (
        "--incident 'counter-reset at=2025-08-10': this counter-reset is after --to: no point of the past shows"
        " it, but the live edge goes on with counters that have begun again at 0"
    )


def test_what_is_over_when_the_past_begins_is_said() -> None:
    wanted = [PAST.dated(typed(f"gap from=2025-07-03 to={day}")) for day in ("2025-07-31", "2025-08-01")]
    (remark,) = remarks_of(wanted, PAST)
    assert remark.startswith(
        "--incident 'gap from=2025-07-03 to=2025-07-31': this gap is over when the past begins"
    )
