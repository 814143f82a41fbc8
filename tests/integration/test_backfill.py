"""The step ``backfill`` with a real InfluxDB, for edges whose host is not started."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import OPEN
from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.openems import configuration
from edge_tasks.steps import past_processes
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_removal import PastRemoval
from edge_tasks.steps.past_writer import PastWriter
from edge_tasks.timedata.errors import HistoryDiffers, HistoryError, NoRoom
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from tests import edge_templates
from tests.influxdb import DATABASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.openems.configuration import Component
    from edge_tasks.plan import Plan
    from tests.influxdb import InfluxDb

DAY = 86_400_000
QUARTER = 900_000
NOW = time.time_ns() // 1_000_000
BEGIN = NOW // DAY * DAY - 10 * DAY
ENERGY = "meter3/ActiveConsumptionEnergy"


@dataclass(frozen=True)
class Edge:
    name: str
    components: Sequence[Component]
    profile: Mapping[str, object] | None = None

    def source_key(self, meter: str) -> str:
        return f"seed/{self.name}/{meter}"


@dataclass
class Host:
    """What runs light edges: here it only remembers whether it does."""

    memory_file: Path
    runs: bool = False
    did: list[str] = field(default_factory=list)

    def stop(self) -> bool:
        was_running, self.runs = self.runs, False
        self.did.append("stop")
        return was_running

    def start(self) -> None:
        self.runs = True
        self.did.append("start")


class Output:
    quiet = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str, indent: int = 2) -> None:
        self.lines.append(" " * indent + text)

    def progress(self, _title: str, _total: int, _noun: str) -> Any:
        return nullcontext(lambda *_: None)


@dataclass(frozen=True)
class Quick(InfluxHistory):
    """No backend sends points here, so nothing is waited for."""

    def settle(self) -> None:
        pass


@dataclass
class World:
    """A fleet's edges, their host and a place for their history."""

    folder: Path
    influxdb: InfluxDb
    components: Sequence[Component]
    edges: Sequence[str] = ("edge3", "edge4")
    history: InfluxHistory = field(init=False)
    host: Host = field(init=False)

    def __post_init__(self) -> None:
        self.history = Quick(Server(self.influxdb.url, f"{DATABASE}/autogen"))
        self.host = Host(self.folder / "light-memory.json")

    def step(
        self, *, begin: int = BEGIN, until: int = OPEN, every: int = QUARTER, adopt: bool = False
    ) -> Backfill:
        output: Any = Output()
        record = PastRecord(Record(self.folder / "record.json"), self.history.describe())
        writer = PastWriter(self.history, record, self.host.memory_file, 2, output)
        edges = {name: Edge(name, self.components) for name in self.edges}
        asked = Asked(begin, until, every, ZoneInfo("UTC"), adopt)
        return Backfill(asked, edges, (), self.host, self.host.start, writer, output)

    def run(self, **asked: Any) -> Plan[Any]:
        step = self.step(**asked)
        plan = step.find()
        if plan.refusal:
            raise plan.refusal
        if plan.changes:
            step.apply(plan)
        return plan

    def live(self, name: str, begin: int, end: int) -> None:
        """The edge lives from a moment to another, and sends a point a minute."""
        plant = DEVICES.plant(self.components)
        simulation = Simulation(plant, begin, Memory({}, {}, begin, begin))
        lines = []
        for now in range(begin, end, 60_000):
            simulation.advance(now)
            lines.append(
                f"data,edge={name.removeprefix('edge')} {ENERGY}={simulation.energy('meter3')[0]}i {now}"
            )
        self.influxdb.write("\n".join(lines))
        simulation.advance(end)
        kept = {**memories.load(self.host.memory_file), name: Snapshot(simulation.memory(), "shape")}
        list(memories.saved(self.host.memory_file, kept.items()))

    def energies(self, name: str) -> list[tuple[int, int]]:
        found = self.influxdb.query(f'SELECT "{ENERGY}" FROM data GROUP BY edge')  # noqa: S608 - our own name
        tags = {"edge": name.removeprefix("edge")}
        return [(at, value) for series in found if series["tags"] == tags for at, value in series["values"]]

    def goes_on(self, name: str) -> Simulation:
        """The live edge, as it goes on from its memory."""
        memory = memories.load_newest(self.host.memory_file, {name}, {})[name].memory
        return Simulation(DEVICES.plant(self.components), NOW + 3_600_000, memory)


@pytest.fixture
def world(tmp_path: Path, influxdb: InfluxDb) -> World:
    folder = edge_templates.write_template(tmp_path / "template", edge_templates.bundled_template())
    return World(tmp_path, influxdb, configuration.read(folder).components)


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
    world.host.runs = True
    world.live("edge3", NOW - 2 * DAY, NOW - 1000)
    world.run()
    found = world.energies("edge3")
    assert {(at - BEGIN) % QUARTER for at, _ in found} == {0}
    assert all(one <= other for (_, one), (_, other) in pairwise(found))
    assert world.goes_on("edge3").energy("meter3")[0] >= found[-1][1]
    assert world.host.did == ["stop", "start"]
    assert memories.load(world.host.memory_file)["edge3"].shape == "shape"


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
    world.host.runs = True

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
    assert world.host.runs
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
    world.host.runs = True
    step = world.step()
    plan = step.find()
    world.influxdb.query(f"DROP DATABASE {DATABASE}")
    with pytest.raises(HistoryError):
        step.apply(plan)
    assert world.host.runs


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
