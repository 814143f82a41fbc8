"""The step ``backfill`` with a real InfluxDB, for edges whose host is not started."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.light.host import memories
from edge_tasks.steps import past_processes
from edge_tasks.steps.past_removal import PastRemoval
from edge_tasks.timedata.errors import HistoryDiffers, HistoryError, NoRoom
from edge_tasks.timedata.influxdb.history import InfluxHistory
from tests.influxdb import DATABASE
from tests.integration.backfill_world import BEGIN, DAY, ENERGY, NOW, QUARTER, world_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.influxdb import InfluxDb
    from tests.integration.backfill_world import World


@pytest.fixture
def world(tmp_path: Path, influxdb: InfluxDb) -> World:
    return world_in(tmp_path, influxdb)


def test_a_past_has_a_point_at_each_moment_and_its_counters_rise_by_what_was_used(world: World) -> None:
    assert world.run().changes == ("write the past of 2 edges",)
    for name in world.edges:
        found = world.energies(name)
        assert [at for at, _ in found[:3]] == [BEGIN, BEGIN + QUARTER, BEGIN + 2 * QUARTER]
        assert len(found) == -(-(found[-1][0] + 1 - BEGIN) // QUARTER)
        assert [value for _, value in found] == [125 * number for number in range(len(found))]


def test_the_live_edge_goes_on_where_its_past_ends(world: World) -> None:
    world.run()
    at, value = world.energies("edge3")[-1]
    simulation = world.goes_on("edge3")
    assert at <= simulation.now <= at + QUARTER
    simulation.advance(at + DAY)
    assert simulation.energy("meter3")[0] == value + 12_000
    assert simulation.counter(2 * simulation.plant.place["meter3"]) == (at + DAY - BEGIN) * 500


def test_typed_twice_it_changes_nothing(world: World) -> None:
    world.run()
    before, memory = world.energies("edge3"), world.host.memory_file.read_bytes()
    again = world.run()
    assert (again.changes, again.unchanged[:26]) == ((), "2 edges with a past since ")
    assert (world.energies("edge3"), world.host.memory_file.read_bytes()) == (before, memory)


def test_what_the_fleet_ran_before_is_written_anew_so_that_no_counter_falls(world: World) -> None:
    world.host.is_running = True
    world.live("edge3", NOW - 2 * DAY, NOW - 1000)
    world.run()
    found = world.energies("edge3")
    assert {(at - BEGIN) % QUARTER for at, _ in found} == {0}
    assert all(one <= other for (_, one), (_, other) in pairwise(found))
    assert world.goes_on("edge3").energy("meter3")[0] >= found[-1][1]
    assert world.host.did == ["stop", "start"]
    assert memories.load(world.host.memory_file)["edge3"].configuration_hash == "shape"


def test_points_of_somebody_else_are_refused_and_removed_only_when_told(world: World) -> None:
    world.influxdb.write(f"data,edge=4 some/Channel=1i {BEGIN + 5}")
    with pytest.raises(SettingsError, match="already has points of edge4 that this fleet did not write") as error:
        world.run()
    assert error.value.exit_code == 2
    assert "--adopt" in error.value.hint
    assert world.energies("edge3") == []
    world.run(adopt=True)
    assert world.influxdb.rows('SELECT "some/Channel" FROM data') == []
    assert len(world.energies("edge4")) == len(world.energies("edge3")) > 900


def test_a_past_that_was_written_otherwise_is_refused_and_replaced_only_when_told(world: World) -> None:
    world.run()
    with pytest.raises(SettingsError, match="the past of edge3 was written in other steps"):
        world.run(every=2 * QUARTER)
    with pytest.raises(SettingsError, match="the past of edge3 was written from another moment on"):
        world.run(begin=BEGIN + DAY)
    world.run(begin=BEGIN + DAY, adopt=True)
    assert world.energies("edge3")[0] == (BEGIN + DAY, 0)


def test_a_past_cannot_begin_after_the_edge_does(world: World) -> None:
    world.live("edge3", BEGIN, NOW)
    with pytest.raises(SettingsError, match="edge3 has lived since") as error:
        world.run(begin=BEGIN + DAY)
    assert "--from" in error.value.hint


def test_an_interrupted_past_is_continued(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.edges = tuple(f"edge{number}" for number in range(6))
    world.host.is_running = True

    whole = past_processes.write

    def interrupted(pasts: Any, history: Any, processes: int) -> Any:
        for number, done in enumerate(whole(pasts, history, processes)):
            if number == 3:
                raise KeyboardInterrupt
            yield done

    with monkeypatch.context() as patch:
        patch.setattr(past_processes, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            world.run()
    assert world.host.is_running
    assert world.run().changes == ("write the past of 3 edges",)
    assert len({len(world.energies(name)) for name in world.edges}) == 1
    assert world.run().changes == ()


def test_a_killed_one_is_continued_too(world: World) -> None:
    step = world.step()
    plan = step.find()
    wanted = {name: step._to_write(name, lacking, NOW) for name, lacking in plan.details.items()}
    step.writer.record.note({name: replace(one.noted, is_whole=False) for name, one in wanted.items()})
    world.influxdb.write(f"data,edge=3 {ENERGY}=1i {BEGIN}")
    world.run()
    assert world.energies("edge3")[0] == (BEGIN, 0)
    assert world.run().changes == ()


def test_points_that_are_gone_are_written_again(world: World) -> None:
    world.run()
    before = world.energies("edge4")
    world.influxdb.query(f"DELETE FROM data WHERE edge = '4' AND time < {BEGIN + DAY}ms")  # noqa: S608 - ours
    assert world.run().changes == ("write the past of 1 edge",)
    assert world.energies("edge4")[: len(before)] == before


def test_less_than_was_written_is_told_with_the_edges(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InfluxHistory, "count", lambda *_: {"edge3": 3})
    with pytest.raises(HistoryDiffers, match=r"written of edge3, edge4") as error:
        world.run()
    assert error.value.exit_code == 6
    assert not memories.load(world.host.memory_file)


def test_a_past_that_ends_earlier_leaves_no_points_after_it_but_its_energy_counts(world: World) -> None:
    world.run(until=BEGIN + 5 * DAY)
    found = world.energies("edge3")
    assert found[-1] == (BEGIN + 5 * DAY - QUARTER, 5 * 12_000 - 125)
    assert world.goes_on("edge3").energy("meter3")[0] > 9 * 12_000
    assert world.run(until=BEGIN + 5 * DAY).changes == ()
    world.run(until=BEGIN + 6 * DAY)
    assert [value for _, value in world.energies("edge3")[: 6 * 96]] == [125 * one for one in range(6 * 96)]


def test_a_disk_without_room_is_refused_beforehand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InfluxHistory, "bytes_free", lambda _: 1 << 20)
    with pytest.raises(NoRoom, match=r"has 1 MB of disk left, and .* points need about") as error:
        world.run()
    assert error.value.exit_code == 3


def test_a_server_that_is_gone_is_named_and_the_edges_run_again(world: World) -> None:
    world.host.is_running = True
    step = world.step()
    plan = step.find()
    world.influxdb.query(f"DROP DATABASE {DATABASE}")
    with pytest.raises(HistoryError):
        step.apply(plan)
    assert world.host.is_running


def test_pasts_are_removed_with_what_the_edges_sent_since_and_nothing_else(world: World) -> None:
    world.influxdb.write(f"data,edge=9 some/Channel=1i {BEGIN + 5}")
    world.run()
    removal = PastRemoval(["edge3"], world.history, world.step().writer.record)
    removal.apply(removal.find())
    assert (world.energies("edge3"), len(world.energies("edge4")) > 900) == ([], True)
    everything = replace(removal, edges=None)
    assert everything.find().changes == ("remove the past of 1 edge",)
    everything.apply(everything.find())
    assert world.influxdb.rows("SHOW TAG VALUES FROM data WITH KEY = edge") == [["edge", "9"]]
    assert everything.find().changes == ()


def test_after_a_removal_a_later_past_is_written_without_further_ado(world: World) -> None:
    world.run()
    removal = PastRemoval(None, world.history, world.step().writer.record)
    removal.apply(removal.find())
    world.run(begin=BEGIN + DAY, every=2 * QUARTER)
    found = world.energies("edge3")
    assert (found[0], found[1]) == ((BEGIN + DAY, 0), (BEGIN + DAY + 2 * QUARTER, 250))
    assert world.run(begin=BEGIN + DAY, every=2 * QUARTER).changes == ()


def test_what_an_edge_has_sent_since_a_removal_is_its_life(world: World) -> None:
    world.run()
    removal = PastRemoval(None, world.history, world.step().writer.record)
    removal.apply(removal.find())
    removed = world.step().writer.record.removed()["edge3"]
    world.influxdb.write(f"data,edge=3 {ENERGY}=500000i {removed}")
    world.run(begin=BEGIN + DAY)
    values = [value for _, value in world.energies("edge3")]
    assert (values, max(values) < 500_000) == (sorted(values), True)
