"""What a backend writes into a real InfluxDB while pasts are written there, of a fleet with a real edge."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.history.past import CHANNEL
from edge_tasks.history.schedule import count_of
from edge_tasks.steps import past_processes
from edge_tasks.steps.past_purge import PastPurge
from edge_tasks.steps.past_removal import PastRemoval
from edge_tasks.timedata.errors import HistoryDiffers
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from tests.influxdb import DATABASE
from tests.integration.backfill_world import BEGIN, DAY, ENERGY, NOW, QUARTER, world_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.influxdb import InfluxDb
    from tests.integration.backfill_world import Host, World

JVM = "edge0"
PAUSE_S = 0.02


@dataclass
class Backend:
    """Collects what edges send, and writes it in pieces, as a real one does.

    Attributes:
        host: of the light edge, which sends as long as it runs.
        sent: the moments and counters that the real edge has sent, which always runs.
        collected: lines that are not written yet.
    """

    influxdb: InfluxDb
    host: Host
    sent: list[tuple[int, int]] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def hear(self) -> None:
        with self.lock:
            runs = self.host.is_running  # before the time is taken: it is stopped and started meanwhile
            now = max(time.time_ns() // 1_000_000, self.sent[-1][0] + 1 if self.sent else 0)
            self.sent.append((now, 7_000_000 + len(self.sent)))
            self.collected.append(f"data,edge=0 {ENERGY}={self.sent[-1][1]}i {now}")
            if runs:
                self.collected.append(f"data,edge=3 {ENERGY}=5i,{CHANNEL}=500i {now}")

    def write(self) -> None:
        with self.lock:
            lines, self.collected = self.collected, []
        if lines:
            self.influxdb.write("\n".join(lines))

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """It hears all the time, but writes only when it is told to."""
        ended = threading.Event()

        def listen() -> None:
            while not ended.wait(PAUSE_S):
                self.hear()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.write()


@dataclass(frozen=True)
class Collected(InfluxHistory):
    """Waits until the backend has written what it had collected, as :class:`InfluxHistory` does by the clock."""

    backend: Any = None

    def settle(self) -> None:
        self.backend.write()

    def __reduce__(self) -> Any:
        """The processes that write have no backend."""
        return InfluxHistory, (self.server,)


@pytest.fixture
def world(tmp_path: Path, influxdb: InfluxDb) -> World:
    found = world_in(tmp_path, influxdb)
    found.left_out = [JVM]
    found.host.is_running = True
    found.live("edge3", NOW - DAY, NOW - 1000)
    return found


def connect(world: World) -> Backend:
    backend = Backend(world.influxdb, world.host)
    world.history = Collected(Server(world.influxdb.url, f"{DATABASE}/autogen"), backend=backend)
    return backend


def test_a_jvm_edge_that_sends_meanwhile_loses_nothing_and_the_pasts_are_whole(world: World) -> None:
    backend = connect(world)
    with backend.hearing():
        time.sleep(10 * PAUSE_S)
        plan = world.run()
        world.host.is_running = False
    assert plan.remarks == (
        "left out: edge0: real edges count by themselves, and a past would make their counters fall",
    )
    assert world.energies(JVM) == backend.sent
    noted = world.step().writer.record.read()
    for name in world.edges:
        until = noted[name].until
        past = [(at, value) for at, value in world.energies(name) if at < until]
        assert past == [(BEGIN + QUARTER * one, 125 * one) for one in range(count_of(noted[name]))]


def test_what_the_backend_had_collected_when_the_edges_stopped_does_not_stay(world: World) -> None:
    backend = connect(world)
    for _ in range(3):
        backend.hear()
    world.run()
    assert not backend.collected
    assert {(at - BEGIN) % QUARTER for at, _ in world.energies("edge3")} == {0}
    assert world.energies(JVM) == backend.sent


def test_a_point_that_comes_too_late_is_noticed_and_the_next_run_mends_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = past_processes.write

    def late(pasts: Any, history: Any, processes: int) -> Any:
        yield from whole(pasts, history, processes)
        world.influxdb.write(f"data,edge=3 {ENERGY}=5i,{CHANNEL}=500i {NOW - 2000}")

    with monkeypatch.context() as patch:
        patch.setattr(past_processes, "write", late)
        with pytest.raises(HistoryDiffers, match=r"written of edge3\b"):
            world.run()
    assert world.run().changes == ("write the past of 1 edge",)
    values = [value for _, value in world.energies("edge3")]
    assert values == sorted(values)
    assert world.run().changes == ()


@pytest.mark.parametrize("purge", [False, True])
def test_a_removal_leaves_the_jvm_edge_of_a_mixed_fleet_alone(world: World, *, purge: bool) -> None:
    backend = connect(world)
    backend.hear()
    world.run()
    record = world.step().writer.record
    if purge:
        storage: Any = _Storage(world.history)
        assert "the past of 2 edges" in "".join(PastPurge([storage], record.record).run())
    else:
        removal = PastRemoval(None, world.history, record)
        removal.apply(removal.find())
    assert [world.energies(name) for name in world.edges] == [[], []]
    assert world.energies(JVM) == backend.sent


class _Storage:
    def __init__(self, history: InfluxHistory) -> None:
        self.history = history

    def kept(self) -> InfluxHistory:
        return self.history

    start_kept = kept
