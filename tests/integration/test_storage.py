"""Whether points of a fleet arrive in a real InfluxDB, as the docker runtime looks for them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.checkout.project import Port, Project, Volume
from edge_tasks.checkout.timedata_config import FLUX, INFLUXDB, Provider, TimedataConfig
from edge_tasks.runtimes.docker import storage
from edge_tasks.runtimes.docker.storage import Storage
from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.span import Span
from tests.influxdb import DATABASE, running

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.plans import Arrival
    from tests.influxdb import InfluxDb

NAMES = ("edge3", "edge4")
MONITOR = (
    "[InfluxDB] [monitor] timedata0 Pool: 0/10, MergePointsWorker[Default], Limit:{}, RejectedExecutions:0\n"
)


@dataclass
class Scene:
    """A platform whose InfluxDB is the test's own, and a backend with a log.

    Attributes:
        server: stands for the container of InfluxDB, which is reached at its address.
        log: of the backend.
        provider: as configured.
        published: the host's port that leads to it; 0 for none.
        runs: the containers do.
        gateway: of their network.
    """

    server: InfluxDb
    provider: Provider
    log: str = ""
    published: int = 0
    runs: bool = True
    gateway: str = "127.0.0.1"

    def container(self, service: str) -> SimpleNamespace:
        of_influxdb = {
            "addresses": frozenset({"127.0.0.1"}),
            "gateways": frozenset({self.gateway}),
            "host_ports": {self.published},
        }
        more = of_influxdb if service == "influxdb" else {"started": time.time() - 600}
        return SimpleNamespace(id="1", name=f"p-{service}-1", is_running=self.runs, **more)

    @property
    def project(self) -> Project:
        ports: list[Port] = [{"target": 8086, "published": str(self.published)}] if self.published else []
        volumes: list[Volume] = [{"type": "volume", "source": "data", "target": "/var/lib/influxdb"}]
        return Project(
            "p", {"cloud": {}, "influxdb": {"image": "influxdb:1.8", "ports": ports, "volumes": volumes}}
        )

    def write(self, *edges: int, seconds_ago: float = 5) -> None:
        moment = round((time.time() - seconds_ago) * 1000)
        for edge in edges:
            self.server.write(f"data,edge={edge} _sum/EssSoc=30i {moment}")

    def arrival(self) -> Arrival | None:
        return self.storage.arrival(NAMES, lambda *_: None)

    @property
    def storage(self) -> Storage:
        record = SimpleNamespace(entries=dict)
        stack = SimpleNamespace(
            backend_files=SimpleNamespace(timedata=TimedataConfig((self.provider,))),
            backend_config=Path("config.d"),
            services=SimpleNamespace(backend="cloud"),
            project=self.project,
            context=SimpleNamespace(fleet=SimpleNamespace(port_offset=0), state=SimpleNamespace(record=record)),
            compose=SimpleNamespace(up=self.start),
            container=self.container,
            reached=SimpleNamespace(of_override=dict),
            place=lambda *path: "/".join(path),
            docker=SimpleNamespace(
                log=Path("docker.log"), ask=lambda *_, with_errors: self.log if with_errors else ""
            ),
        )
        return Storage(cast("Stack", stack))

    def start(self, services: tuple[str, ...], parallel: int) -> None:
        assert (services, parallel) == (("influxdb",), 1)
        self.runs = True


@pytest.fixture
def scene(influxdb: InfluxDb, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(storage, "_PATIENCE_S", 0)
    monkeypatch.setattr(storage, "_PAUSE_S", 0)
    url, bucket = f"http://influxdb:{influxdb.port}", f"{DATABASE}/autogen"
    provider = Provider(INFLUXDB, PurePosixPath("Timedata/InfluxDB/1.config"), {}, url=url, bucket=bucket)
    return Scene(influxdb, provider)


def said(scene: Scene) -> str:
    """What people read, where something is wrong."""
    found = scene.arrival()
    assert found is not None
    assert not found.is_well
    return found.said


def test_points_of_all_edges_arrive(scene: Scene) -> None:
    scene.write(3, 4)
    found = scene.arrival()
    assert found is not None
    assert found.is_well
    assert found.said == "points of 2 edges arrive in openemsdb/autogen"


def test_an_edge_without_points_is_named(scene: Scene) -> None:
    scene.write(3)
    assert said(scene) == "no points of edge4 arrive in openemsdb/autogen: see docker logs p-cloud-1"


def test_points_of_another_time_or_another_fleet_do_not_count(scene: Scene) -> None:
    scene.write(3, 4, seconds_ago=3600)
    scene.write(13, 40)
    assert said(scene).startswith("no points of any edge arrive")


@pytest.mark.parametrize("limit", ["0.860", "0,860"])
def test_a_backend_that_drops_writes_is_to_be_restarted_whether_points_arrive_or_not(
    scene: Scene, limit: str
) -> None:
    scene.log = MONITOR.format("0.000") + MONITOR.format(limit)
    restart = "the backend drops 86% of all writes, because some failed before → docker restart p-cloud-1"
    assert said(scene) == f"no points of any edge arrive in openemsdb/autogen: {restart}"
    scene.write(3, 4)
    assert said(scene) == f"history has gaps: {restart}"


def test_a_failure_that_is_over_is_not_mentioned(scene: Scene) -> None:
    scene.write(3, 4)
    scene.log = MONITOR.format("0.860") + MONITOR.format("0.000")
    found = scene.arrival()
    assert found is not None
    assert found.is_well


def test_a_missing_database_is_said_with_what_to_type(scene: Scene) -> None:
    scene.provider = replace(scene.provider, bucket="nowhere/autogen")
    assert "nowhere/autogen is not there" in said(scene)
    assert "docker exec p-influxdb-1 influx -execute 'CREATE DATABASE \"nowhere\"'" in said(scene)


def test_a_read_only_backend_is_said(scene: Scene) -> None:
    scene.provider = replace(scene.provider, is_read_only=True)
    assert "read-only" in said(scene)


def test_a_port_that_is_published_is_preferred(scene: Scene) -> None:
    """Its address may not lead anywhere from here, as with an engine in a virtual machine."""
    scene.write(3, 4)
    scene.published = scene.server.port
    scene.provider = replace(scene.provider, url="http://influxdb:8086")
    found = scene.arrival()
    assert found is not None
    assert found.is_well


def test_an_address_in_a_network_of_another_machine_is_not_used(scene: Scene) -> None:
    scene.write(3, 4)
    scene.gateway = "192.0.2.1"
    assert scene.arrival() is None
    with pytest.raises(HistoryError, match="cannot be reached from here"):
        scene.storage.history()


def test_an_influxdb_2_is_asked_in_flux(scene: Scene, tmp_path: Path) -> None:
    with running(tmp_path / "data", flux=True) as server:
        server.query(f"CREATE DATABASE {DATABASE}")
        url = f"http://influxdb:{server.port}"
        asked = replace(scene, server=server, provider=replace(scene.provider, url=url, query_language=FLUX))
        asked.write(3)
        assert said(asked).startswith("no points of edge4 arrive")
        asked.write(4)
        found = asked.arrival()
        assert found is not None
        assert found.is_well


def test_nothing_is_said_of_an_influxdb_that_does_not_run_or_is_elsewhere(scene: Scene) -> None:
    scene.runs = False
    assert scene.arrival() is None
    scene.runs, scene.provider = True, replace(scene.provider, url="https://influx.example.org")
    assert scene.arrival() is None


def test_a_place_is_called_as_the_backend_knows_it_also_when_its_container_has_another_address(
    scene: Scene,
) -> None:
    scene.provider = replace(scene.provider, url=f"http://influxdb:{scene.server.port}")
    place = scene.storage.history().describe()
    assert place == f"the InfluxDB at http://influxdb:{scene.server.port}, bucket openemsdb/autogen"
    scene.published = scene.server.port
    assert scene.storage.history().describe() == place


def test_a_kept_influxdb_is_started_for_what_is_to_be_removed_there(scene: Scene) -> None:
    scene.write(3)
    scene.runs = False
    kept = scene.storage.kept()
    assert kept is not None
    history = scene.storage.start_kept()
    assert history.describe() == kept.describe()
    now = round(time.time() * 1000)
    assert history.occupied(NAMES, Span(now - 60_000, now)) == {"edge3"}


def test_an_influxdb_that_does_not_start_is_an_error(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_START_S", 0)
    monkeypatch.setattr(Scene, "start", lambda *_, **__: None)
    scene.runs = False
    with pytest.raises(HistoryError, match="does not run"):
        scene.storage.start_kept()
