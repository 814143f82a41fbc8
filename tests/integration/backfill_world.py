"""The step ``backfill`` with a real InfluxDB, for edges whose host is not started: what tests of it need."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import OPEN
from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.openems import configuration
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_writer import PastWriter
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from tests import edge_templates
from tests.influxdb import DATABASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.fleet.incidents import Incident
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
    is_running: bool = False
    did: list[str] = field(default_factory=list)

    def runs(self) -> bool:
        return self.is_running

    def stop(self) -> bool:
        was_running, self.is_running = self.is_running, False
        self.did.append("stop")
        return was_running

    def start(self) -> None:
        self.is_running = True
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
    left_out: Sequence[str] = ()
    incidents: Mapping[str, tuple[Incident, ...]] = field(default_factory=dict)
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
        host = self.host
        return Backfill(asked, edges, self.left_out, host, host.start, writer, output, self.incidents)

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


def world_in(folder: Path, influxdb: InfluxDb) -> World:
    """Two light edges of the bundled template, whose histories go into a server."""
    template = edge_templates.write_template(folder / "template", edge_templates.bundled_template())
    return World(folder, influxdb, configuration.read(template).components)
