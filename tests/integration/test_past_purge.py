"""What a purge takes along of a real InfluxDB that outlives the fleet."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_purge import PastPurge
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from tests.influxdb import DATABASE
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.output import Progress
    from edge_tasks.runtimes.plans import Arrival, Entrance
    from tests.influxdb import InfluxDb

DAY = 86_400_000
BEGIN = 1_754_006_400_000
URL = "http://influxdb:8086"
NOTED = Noted(BEGIN, BEGIN + 2 * DAY, BEGIN + 2 * DAY, DAY, "mark", is_whole=True)


@dataclass
class Storage:
    """Where a backend stores history: the test's own server, or nothing that outlives a purge."""

    history_kept: InfluxHistory | None
    fault: SettingsError | None = None
    provider: str = "Timedata.InfluxDB"
    outlives_edges: bool = True
    starts: int = 0

    def history(self) -> Any:
        raise AssertionError("it is not asked for")

    def arrival(self, _names: Sequence[str], _progress: Progress) -> Arrival | None:
        raise AssertionError("it is not asked for")

    @property
    def publication(self) -> None:
        raise AssertionError("it is not asked for")

    def entrance(self) -> Entrance:
        raise AssertionError("it is not asked for")

    def kept(self) -> InfluxHistory | None:
        if self.fault:
            raise self.fault
        return self.history_kept

    def start_kept(self) -> InfluxHistory:
        self.starts += 1
        assert self.history_kept
        return self.history_kept


@dataclass
class World:
    """Points of a past, of what its edges sent since, and of others; and what is noted."""

    influxdb: InfluxDb
    record: Record

    @property
    def history(self) -> InfluxHistory:
        return InfluxHistory(Server(self.influxdb.url, f"{DATABASE}/autogen"), url=URL)

    @property
    def points(self) -> set[tuple[str, int]]:
        found = self.influxdb.query("SELECT v FROM data GROUP BY edge")
        return {(series["tags"]["edge"], at) for series in found for at, _ in series["values"]}

    def purge(self, storage: Storage) -> list[str]:
        return list(PastPurge([storage], self.record).run())


OTHERS = {("3", BEGIN - DAY), ("5", BEGIN), ("33", BEGIN), ("9", BEGIN + 3 * DAY)}
OURS = {("3", BEGIN), ("4", BEGIN + DAY), ("3", BEGIN + 3 * DAY)}


@pytest.fixture
def world(tmp_path: Path, influxdb: InfluxDb) -> World:
    influxdb.write("\n".join(f"data,edge={edge} v=1i {at}" for edge, at in OTHERS | OURS))
    found = World(influxdb, Record(tmp_path / "record.json"))
    PastRecord(found.record, found.history.describe()).note({"edge3": NOTED, "edge4": NOTED})
    return found


def test_the_pasts_and_what_was_sent_since_go_and_nothing_else(world: World) -> None:
    (said,) = world.purge(Storage(world.history))
    assert said.startswith(f"removed from the InfluxDB at {URL}, bucket {DATABASE}/autogen: ")
    assert said.endswith(": the past of 2 edges, and what was sent since then")
    assert world.points == OTHERS
    assert world.purge(Storage(world.history)) == []


def test_of_a_server_that_does_not_answer_it_is_said_which_commands_remove_them(world: World) -> None:
    port = free_port()
    gone = replace(world.history, server=replace(world.history.server, url=f"http://127.0.0.1:{port}"))
    first, second, *commands = world.purge(Storage(gone))
    assert first.startswith(f"not removed: the past of edge3, edge4 in the InfluxDB at {URL}")
    assert (second.strip(), world.points) == ("these commands remove them there:", OTHERS | OURS)
    for command in commands:
        program, _, database, _, query = shlex.split(command)
        assert (program, database) == ("influx", DATABASE)
        world.influxdb.query(query)
    assert world.points == OTHERS


def test_pasts_that_people_want_to_keep_are_kept_with_the_commands_that_remove_them(world: World) -> None:
    storage = Storage(world.history)
    purge = PastPurge([storage], world.record, is_wanted=False)
    assert purge.offered() == f"the past of 2 edges in the InfluxDB at {URL}, bucket {DATABASE}/autogen"
    first, second, *commands = purge.run()
    assert first == f"not removed: the past of edge3, edge4 in the InfluxDB at {URL}, bucket {DATABASE}/autogen"
    assert (second.strip(), len(commands)) == ("these commands remove them there:", 1)
    assert (world.points, storage.starts) == (OTHERS | OURS, 0)


def test_nothing_is_offered_where_nothing_outlives_the_purge(world: World) -> None:
    unreadable = Storage(world.history, SettingsError("no compose file"))
    assert PastPurge([Storage(None), unreadable], world.record).offered() == ""
    world.record.forget("history")
    assert PastPurge([Storage(world.history)], world.record).offered() == ""


def test_what_goes_with_the_fleet_anyway_is_not_removed_point_by_point(world: World) -> None:
    storage = Storage(None)
    assert (world.purge(storage), storage.starts, world.points) == ([], 0, OTHERS | OURS)


def test_a_fleet_without_a_past_starts_nothing(world: World) -> None:
    storage = Storage(world.history)
    world.record.forget("history")
    assert (world.purge(storage), storage.starts) == ([], 0)


def test_pasts_in_another_place_are_left_alone(world: World) -> None:
    storage = Storage(replace(world.history, url="http://another:8086"))
    assert (world.purge(storage), storage.starts, world.points) == ([], 0, OTHERS | OURS)


def test_a_platform_that_cannot_be_read_does_not_hinder_a_purge(world: World) -> None:
    (said,) = world.purge(Storage(world.history, SettingsError("no compose file")))
    assert said.startswith("not removed: what was backfilled into the InfluxDB at")
    assert said.endswith("because no compose file")
