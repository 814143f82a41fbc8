"""What a real InfluxDB answers about pasts in which something went wrong, as OpenEMS asks it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.truth.account import accounts_of
from edge_tasks.history.truth.answered import Bill, PastPoints
from edge_tasks.history.truth.batch import Batch
from edge_tasks.history.truth.periods import periods
from edge_tasks.openems.sources import NEVER
from tests.integration.backfill_world import BEGIN, DAY, ENERGY, NOW, QUARTER, Edge, world_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.influxdb import InfluxDb
    from tests.integration.backfill_world import World

HOUR = 3_600_000
DAYS = 8
WRONG: dict[str, tuple[Incident, ...]] = {
    "edge3": (
        Incident(kinds.GAP, BEGIN + DAY, BEGIN + 2 * DAY + HOUR),
        Incident(kinds.METER_REPLACED, BEGIN + 3 * DAY + 9 * HOUR + 1, BEGIN + 3 * DAY + 9 * HOUR + 1, "meter3"),
        Incident(kinds.DUPLICATES, BEGIN + 4 * DAY, BEGIN + 5 * DAY),
        Incident(kinds.LATE, BEGIN + 5 * DAY, BEGIN + 6 * DAY),
    ),
    "edge4": (
        Incident(kinds.CLOCK, BEGIN + DAY + HOUR, BEGIN + 2 * DAY, shift_ms=HOUR),
        Incident(kinds.COUNTER_RESET, BEGIN + 3 * DAY + 5, BEGIN + 3 * DAY + 5),
        Incident(kinds.CLOCK, BEGIN + 4 * DAY, BEGIN + 5 * DAY, shift_ms=-HOUR),
    ),
    "edge5": (
        Incident(kinds.JOINED, BEGIN + DAY + 7, BEGIN + DAY + 7),
        Incident(kinds.LEFT, BEGIN + 6 * DAY + HOUR, BEGIN + 6 * DAY + HOUR),
    ),
}


@pytest.fixture
def world(tmp_path: Path, influxdb: InfluxDb) -> World:
    found = world_in(tmp_path, influxdb)
    found.edges, found.incidents = tuple(WRONG), WRONG
    return found


def answered_days(influxdb: InfluxDb, tag: str) -> list[int | None]:
    """The days as OpenEMS asks for them; one day more in front, from which the first one rises."""
    rows = influxdb.rows(
        f'SELECT NON_NEGATIVE_DIFFERENCE(LAST("{ENERGY}")) FROM data'  # noqa: S608 - our own names
        f" WHERE edge = '{tag}' AND time >= {BEGIN - DAY}ms AND time < {BEGIN + DAYS * DAY}ms GROUP BY time(1d)"
    )
    found = dict(rows)
    return [found.get(BEGIN + place * DAY) for place in range(DAYS)]


def answered_whole(influxdb: InfluxDb, tag: str) -> int:
    ((_, found),) = influxdb.rows(
        f'SELECT LAST("{ENERGY}") - FIRST("{ENERGY}") FROM data'  # noqa: S608 - our own names
        f" WHERE edge = '{tag}' AND time > {BEGIN}ms AND time < {BEGIN + DAYS * DAY}ms"
    )
    return int(found)


def expected(world: World, name: str, length: str) -> list[int | None]:
    """What the truth expects of the meter's periods."""
    noted = world.step().writer.record.read()[name]
    points, edge = PastPoints(noted.begin, noted.until, noted.every), Edge(name, world.components)
    days = [datetime.fromtimestamp((BEGIN + place * DAY) / 1000, timezone.utc).date() for place in (0, DAYS - 1)]
    bill = Bill(periods(days[0], days[1], length, ZoneInfo("UTC")), length, ZoneInfo("UTC"), None, NOW)
    batch = Batch(
        (name,),
        (edge.source_key(""),),
        edge.components,
        None,
        points,
        noted.end,
        (NEVER,),
        ((),),
        noted.incidents,
    )
    (account,) = accounts_of(batch, bill)
    return [one.answered for one in account.entries_of(0) if one.channel == ENERGY]


def test_influxdb_answers_what_the_truth_expects_although_something_went_wrong(world: World) -> None:
    world.run()
    for name in WRONG:
        tag = name.removeprefix("edge")
        assert expected(world, name, "day") == answered_days(world.influxdb, tag)
        assert expected(world, name, "total") == [answered_whole(world.influxdb, tag)]
    assert answered_days(world.influxdb, "3")[1] is None
    assert answered_whole(world.influxdb, "4") < 5 * 12_000


def test_the_live_edges_go_on_from_counters_that_were_reset(world: World) -> None:
    world.run()
    for name in ("edge3", "edge4"):
        at, value = world.energies(name)[-1]
        simulation = world.goes_on(name)
        simulation.advance(NOW + HOUR)
        assert 0 <= simulation.energy("meter3")[0] - value - 500 * (NOW + HOUR - at) // HOUR <= 1


def test_an_edge_that_left_goes_on_from_what_its_counter_showed_then(world: World) -> None:
    world.run()
    simulation = world.goes_on("edge5")
    simulation.advance(NOW + HOUR)
    in_its_past = 5 * 12_000 + 500 - 1  # it joined a moment after a full hour
    assert in_its_past <= simulation.energy("meter3")[0] <= in_its_past + 500 + 1


def test_incidents_are_noted_and_others_are_refused_until_they_are_wanted(world: World) -> None:
    world.run()
    assert world.run().changes == ()
    world.incidents = {**WRONG, "edge3": WRONG["edge3"][1:]}
    with pytest.raises(SettingsError, match="the past of edge3 was written with other incidents") as error:
        world.run()
    assert "--adopt" in error.value.hint
    world.run(adopt=True)
    assert [at for at, _ in world.energies("edge3")[:192]] == [BEGIN + place * QUARTER for place in range(192)]
    assert world.run().changes == ()


def test_points_of_a_past_with_gaps_that_are_lost_are_written_again(world: World) -> None:
    world.run()
    before = world.energies("edge3")
    world.influxdb.query(f"DELETE FROM data WHERE edge = '3' AND time > {BEGIN + 7 * DAY}ms")  # noqa: S608 - ours
    assert world.run().changes == ("write the past of 1 edge",)
    assert world.energies("edge3")[: len(before)] == before
