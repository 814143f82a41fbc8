from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import BackendError, EdgesNotOnline, FileRefused
from edge_tasks.fleet.directories import Directories
from edge_tasks.fleet.record import Record
from edge_tasks.proof.expectation import Expectation
from edge_tasks.proof.look import Expectations
from edge_tasks.runtimes.address import Address
from edge_tasks.runtimes.plans import Arrival
from edge_tasks.runtimes.protocols import Runtime
from edge_tasks.steps import status
from edge_tasks.steps.devices_read import DevicesRead
from edge_tasks.steps.edge_table import SHOWN, EdgeTable
from edge_tasks.steps.fleet_view import FleetView
from edge_tasks.steps.restart import Restart
from edge_tasks.steps.verify import Verify
from tests.unit.steps.neighbours import FLEET, Backend, Entries, Host, Lines, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.output import Progress
    from edge_tasks.registry.protocol import DeviceReport

ALL = {edge.name for edge in FLEET.edges}


class Database:
    def __init__(self, registry: Entries) -> None:
        self.registry = registry
        self.is_ready = True


class Services:
    def __init__(self) -> None:
        self.names: tuple[str, ...] = ("backend", "edges")

    def addresses(self) -> tuple[Address, ...]:
        return (Address("backend", "ws://127.0.0.1:8081", "edges"),)

    def running(self) -> tuple[str, ...]:
        return self.names


class Scene:
    """A fleet that is up and well."""

    def __init__(self, folder: Path) -> None:
        self.backend, self.output = Backend(), Lines()
        self.registry = Entries(FLEET, {edge.name: edge.apikey for edge in FLEET.edges})
        self.host = Host(FLEET, self.backend.status, running=set(ALL))
        self.backend.start(self.backend.find())
        self.backend.status.online_now = set(ALL)
        read = DevicesRead(Record(folder / "record.json"), self.backend, FLEET)
        read.remember(self.registry)
        database: Any = Database(self.registry)
        services: Any = Services()
        self.database, self.services = database, services
        runtime = Runtime("test", services, database, self.backend, self.host)
        expectation = Expectation(frozenset({"ctrlBackend0"}), {})
        self.view = FleetView(FLEET.edges, Expectations(dict.fromkeys(ALL, expectation)), runtime, read)
        self.table = EdgeTable(
            {edge.name: edge for edge in FLEET.edges}, frozenset(), self.output, self.view.measured
        )
        self.verify = Verify(self.view, 0, judges_only=True, table=self.table, output=self.output)
        self.status = status.Status(self.view, folder, sorted(ALL), self.table, self.output)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_fleet_that_is_online_is_proved_by_who_says_so(scene: Scene) -> None:
    scene.verify.run()
    assert scene.output.steps == [("verify", "3 online, says the test", True)]
    assert [row[:3] for row in scene.output.rows] == [
        ("edge0", "online", "8080, 8085"),
        ("edge1", "online", "8180, 8185"),
        ("edge2", "online", "8280, 8285"),
    ]


def test_an_edge_that_is_not_online_is_named_with_its_reason_and_nobody_else(scene: Scene) -> None:
    scene.host.running.remove("edge1")
    with pytest.raises(EdgesNotOnline) as refused:
        scene.verify.run()
    assert refused.value.message.splitlines() == [
        "not online: 1 of 3 edges",
        "edge1 is offline: its process does not run → inv up",
    ]
    assert scene.output.steps == []


def test_a_key_that_is_not_its_own_is_seen(scene: Scene) -> None:
    scene.registry.keys["edge2"] = "another"
    with pytest.raises(EdgesNotOnline, match="edge2 is incomplete: its row has another apikey"):
        scene.verify.run()


def test_where_waiting_may_help_it_is_waited_for(scene: Scene) -> None:
    scene.backend.status.online_now.remove("edge0")
    asked: list[int] = []

    class Slow(type(scene.backend.status)):  # type: ignore[misc] # its own class, one answer later
        def online(self, names: list[str]) -> dict[str, bool]:
            asked.append(1)
            return {name: name != "edge0" or len(asked) > 2 for name in names}

    scene.backend.status = Slow()
    replace(scene.verify, timeout_s=300).run()
    assert len(asked) == 4, "all are looked at once more when the last one has come"
    assert scene.output.done == [2, 2]


def test_an_edge_that_was_lost_while_another_was_awaited_is_awaited_too(scene: Scene) -> None:
    """For a second or two a backend has edges of a node that has just failed, and its other edges are gone."""
    asked: list[int] = []

    class Losing(type(scene.backend.status)):  # type: ignore[misc] # its own class
        def online(self, names: list[str]) -> dict[str, bool]:
            asked.append(1)
            answers = {"edge0": len(asked) > 1, "edge1": len(asked) != 3}
            return {name: answers.get(name, True) for name in names}

    scene.backend.status = Losing()
    replace(scene.verify, timeout_s=300).run()
    assert len(asked) == 5
    assert scene.output.done == [2, 2]


def test_while_the_backend_does_not_answer_nothing_is_known_of_any_edge(scene: Scene) -> None:
    scene.backend.status.silent = True
    with pytest.raises(EdgesNotOnline, match="edge0 is unknown: the backend does not answer"):
        scene.verify.run()


def test_what_the_source_cannot_tell_is_said(scene: Scene) -> None:
    scene.backend.status.remark = "it is late"
    scene.verify.run()
    assert scene.output.lines == ["  ! it is late"]


def test_a_backend_that_takes_no_edges_is_the_reason_of_all_that_are_offline(scene: Scene) -> None:
    scene.backend.status.online_now.clear()
    scene.backend.is_open = False
    with pytest.raises(EdgesNotOnline, match="edge2 is offline: the backend's port for edges is not open"):
        scene.verify.run()


def test_while_one_edge_is_online_the_port_is_not_asked_about(scene: Scene) -> None:
    scene.backend.status.online_now.remove("edge1")
    scene.backend.is_open = False
    with pytest.raises(EdgesNotOnline, match="edge1 is offline: the backend says that it is not connected"):
        scene.verify.run()


def test_a_meter_that_is_not_simulated_is_named_and_not_waited_for(scene: Scene) -> None:
    expected = Expectation(frozenset({"ctrlBackend0"}), {}, ("meter9 (Meter.Socomec.Threephase)",))
    view = replace(scene.view, expected=Expectations(dict.fromkeys(ALL, expected)))
    replace(scene.verify, view=view).run()
    assert scene.output.lines == ["  ! not simulated, so no value is expected: meter9 (Meter.Socomec.Threephase)"]
    assert [step[0] for step in scene.output.steps] == ["verify"]


def test_status_shows_all_and_fails_only_when_asked_to(scene: Scene) -> None:
    scene.host.running.remove("edge1")
    scene.status.run()
    assert scene.output.faults == ["edge1: its process does not run → inv up"]
    assert "running: backend, edges" in scene.output.lines[0]
    with pytest.raises(EdgesNotOnline, match="1 of 3"):
        replace(scene.status, must_be_well=True).run()


def test_status_ends_with_how_many_are_online_and_its_powers_add_up(scene: Scene) -> None:
    scene.host.running.remove("edge1")
    scene.status.run()
    assert scene.output.lines[-1] == "2 of 3 online"
    channels = "GridActivePower", "ProductionActivePower", "EssActivePower", "ConsumptionActivePower", "EssSoc"
    assert tuple(f"_sum/{name}" for name in channels) == SHOWN


def test_a_column_of_ports_is_there_only_where_something_listens(scene: Scene) -> None:
    scene.host.running.remove("edge1")
    table = replace(scene.table, light=frozenset({"edge2"}))
    replace(scene.status, table=table).run()
    assert [row[2] for row in scene.output.rows] == ["8080, 8085", "-", "-"]
    scene.output.rows.clear()
    replace(scene.status, table=replace(table, light=frozenset(ALL))).run()
    assert {len(row) for row in scene.output.rows} == {2 + len(SHOWN)}


def test_status_has_one_line_for_all_edges_of_one_cause(scene: Scene) -> None:
    scene.host.running -= {"edge0", "edge1"}
    scene.registry.keys["edge2"] = "another"
    scene.status.run()
    assert scene.output.faults == [
        "edge0-edge1: its process does not run → inv up",
        "edge2: its row has another apikey → inv register",
    ]


def test_status_shows_only_those_that_are_not_online_when_asked_to(scene: Scene) -> None:
    scene.host.running.remove("edge1")
    replace(scene.status, only_ill=True).run()
    assert [row[0] for row in scene.output.rows] == ["edge1"]
    assert "2 of 3 online" in scene.output.lines


def test_a_fleet_that_is_down_has_one_reason_for_all(scene: Scene) -> None:
    scene.database.is_ready, scene.services.names = False, ()
    scene.status.run()
    assert scene.output.faults == ["the fleet is down → inv up"]
    assert scene.output.lines[-1] == "0 of 3 online"
    edges: Any = scene.output.found["edges"]
    assert [edge["state"] for edge in edges] == ["unknown"] * 3
    with pytest.raises(EdgesNotOnline, match="3 of 3"):
        replace(scene.status, must_be_well=True).run()


def test_of_a_large_fleet_the_table_shows_those_not_online_first_and_counts_the_rest(scene: Scene) -> None:
    fleet = replace(FLEET, size=30)
    table = EdgeTable({edge.name: edge for edge in fleet.edges}, frozenset(), scene.output, scene.view.measured)
    verdicts = scene.view.look()
    many = [replace(verdicts[0], name=edge.name) for edge in fleet.edges]
    many[29] = replace(many[29], state=type(many[29].state).OFFLINE)
    table.show(many)
    assert scene.output.rows[0][:2] == ("edge29", "offline")
    assert len(scene.output.rows) == 24
    assert scene.output.lines == ["and 6 more: 6 online, 0 not online"]
    edges: Any = scene.output.found["edges"]
    assert len(edges) == 30


def test_the_node_of_each_edge_is_a_column_and_in_the_document_where_there_are_nodes(scene: Scene) -> None:
    scene.table.show(scene.view.look())
    assert {len(row) for row in scene.output.rows} == {3 + len(SHOWN)}
    edges: Any = scene.output.found["edges"]
    assert not any("node" in edge for edge in edges)
    scene.output.rows.clear()
    red, *others = scene.view.look()
    scene.table.show([replace(red, node="red"), *others])
    assert [row[2] for row in scene.output.rows] == ["red", "-", "-"]
    edges = scene.output.found["edges"]
    assert [edge.get("node") for edge in edges] == ["red", None, None]


def test_only_the_edges_that_are_shown_are_asked_for_their_figures(scene: Scene) -> None:
    fleet = replace(FLEET, size=30)
    table = replace(scene.table, edges={edge.name: edge for edge in fleet.edges})
    verdicts = [replace(scene.view.look()[0], name=edge.name) for edge in fleet.edges]
    asked = scene.backend.status.measured
    table.show(verdicts)
    assert asked == [[edge.name for edge in fleet.edges[:24]]]
    assert [row[-5:] for row in scene.output.rows] == [("7",) * 5] * 24
    scene.output.quiet = True
    table.show(verdicts)
    assert len(asked) == 1
    scene.output.is_read_by_program = True
    table.show(verdicts)
    assert asked[1:] == [[edge.name for edge in fleet.edges]]
    edges: Any = scene.output.found["edges"]
    assert [edge["values"] for edge in edges] == [dict.fromkeys(SHOWN, 7)] * 30


def test_a_program_is_told_the_addresses_and_people_are_not(scene: Scene) -> None:
    scene.status.run()
    assert "addresses" not in scene.output.found
    scene.output.is_read_by_program = True
    scene.status.run()
    assert scene.output.found["addresses"] == [
        {"of": "backend", "address": "ws://127.0.0.1:8081", "what": "edges"}
    ]


def test_a_backend_that_goes_away_before_the_table_is_shown_leaves_its_figures_out(scene: Scene) -> None:
    class Gone(Status):
        """Answers no more when it is asked for values."""

        def values(self, _names: Sequence[str], _channels: Sequence[str]) -> dict[str, dict[str, object]]:
            raise BackendError("the backend does not answer")

    scene.backend.status = Gone(set(ALL))
    scene.status.run()
    assert [row[1] for row in scene.output.rows] == ["online"] * 3
    assert {row[-5:] for row in scene.output.rows} == {("-",) * 5}


def test_a_large_fleet_is_shown_in_full_to_who_is_no_terminal(scene: Scene) -> None:
    fleet = replace(FLEET, size=30)
    edges = {edge.name: edge for edge in fleet.edges}
    expected = Expectations(dict.fromkeys(edges, Expectation(frozenset({"ctrlBackend0"}), {})))
    view = replace(scene.view, expected=expected)
    status = replace(scene.status, view=view, names=list(edges), table=replace(scene.table, edges=edges))
    scene.output.is_screen = False
    status.run()
    assert [row[0] for row in scene.output.rows] == list(edges)
    assert scene.output.lines[-1] == "3 of 30 online"
    assert scene.output.faults == ["edge3-edge29: it has no row in the device table → inv register"]


JUDGED, OTHERS = ["meter0/ActivePower"], list(SHOWN)
BOTH = JUDGED + OTHERS


@pytest.mark.parametrize(
    ("output", "only_ill", "asked"),
    [
        ({}, False, [(["edge0", "edge2"], BOTH), (["edge1"], OTHERS)]),
        ({"is_screen": True}, False, [(["edge0", "edge2"], JUDGED), (["edge0", "edge1", "edge2"], OTHERS)]),
        ({"quiet": True}, False, [(["edge0", "edge2"], JUDGED)]),
        ({}, True, [(["edge0", "edge2"], JUDGED), (["edge1"], OTHERS)]),
        ({"is_read_by_program": True}, False, [(["edge0", "edge2"], BOTH), (["edge1"], OTHERS)]),
        ({"is_read_by_program": True}, True, [(["edge0", "edge2"], JUDGED), (["edge1"], OTHERS)]),
    ],
)
def test_only_the_edges_that_are_shown_are_asked_for_the_figures_of_the_table_and_none_twice(
    scene: Scene, output: dict[str, bool], asked: list[tuple[list[str], list[str]]], *, only_ill: bool
) -> None:
    class Noting(Status):
        """Notes who is asked for which channels."""

        def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
            noted.append((list(names), list(channels)))
            return super().values(names, channels)

    noted: list[tuple[list[str], list[str]]] = []
    scene.backend.status = Noting({"edge0", "edge2"})
    scene.output.is_screen = False
    for name, value in output.items():
        setattr(scene.output, name, value)
    expectation = Expectation(frozenset({"ctrlBackend0"}), {"meter0/ActivePower": (7,)})
    view = replace(scene.view, expected=Expectations(dict.fromkeys(ALL, expectation)))
    replace(scene.status, view=view, only_ill=only_ill).run()
    assert noted == asked


def test_restart_marks_the_directory_and_starts_its_edge(scene: Scene, tmp_path: Path) -> None:
    directories = Directories(tmp_path)
    edges = FLEET.edges
    directories.write(edges[1], {}, "digest")
    before = directories.written([edges[1]])["edge1"].at
    scene.host.running.remove("edge1")
    Restart([edges[1]], FLEET, directories, scene.host, lambda: ("edges",), scene.output).run()
    assert directories.written([edges[1]])["edge1"].at >= before
    assert scene.host.running == ALL


def test_a_fleet_that_is_down_is_judged_and_nothing_is_started(scene: Scene) -> None:
    scene.database.is_ready, scene.services.names = False, ()
    with pytest.raises(EdgesNotOnline, match="the fleet is down") as refused:
        scene.verify.run()
    assert refused.value.hint == "inv up"
    edges: Any = scene.output.found["edges"]
    assert [edge["state"] for edge in edges] == ["unknown"] * 3


class Storage:
    """Where history is stored; what it says of points is given."""

    provider = "Timedata.InfluxDB"
    outlives_edges = True

    def __init__(self, arrival: Arrival | None) -> None:
        self.found = arrival

    def history(self) -> Any:
        raise AssertionError("it is not asked for")

    kept = start_kept = entrance = publication = history

    def arrival(self, names: Sequence[str], progress: Progress) -> Arrival | None:
        progress(len(names))
        return self.found


@pytest.mark.parametrize("is_well", [True, False])
def test_whether_points_arrive_is_said_once_and_is_no_failure(scene: Scene, *, is_well: bool) -> None:
    arrival = Arrival("what was found", is_well)
    verify = replace(
        scene.verify, view=replace(scene.view, runtime=replace(scene.view.runtime, storage=Storage(arrival)))
    )
    verify.run()
    said = scene.output.lines if is_well else scene.output.faults
    assert [line for line in said if "what was found" in line] == [
        "  what was found" if is_well else "  ! what was found"
    ]
    assert scene.output.found["history"] == {"arrives": is_well, "said": "what was found"}


def test_where_nothing_is_stored_nothing_is_said_of_points(scene: Scene) -> None:
    view = replace(scene.view, runtime=replace(scene.view.runtime, storage=Storage(None)))
    replace(scene.verify, view=view).run()
    assert "history" not in scene.output.found


def test_a_fleet_whose_database_alone_is_down_is_not_down(scene: Scene) -> None:
    scene.database.is_ready = False
    scene.registry.why = "the device table does not answer"
    with pytest.raises(EdgesNotOnline, match="edge2 is unknown: the device table does not answer → inv up"):
        scene.verify.run()


def test_a_file_with_the_devices_that_cannot_be_read_says_what_mends_it(scene: Scene) -> None:
    class Broken(Entries):
        def reports(self, names: Sequence[str]) -> dict[str, DeviceReport]:
            raise FileRefused(f"metadata.json:3: nothing of {names[0]}", hint="correct it")

    database: Any = Database(Broken(FLEET))
    view = replace(scene.view, runtime=replace(scene.view.runtime, database=database))
    with pytest.raises(EdgesNotOnline, match=r"edge2 is unknown: .*:3: nothing of edge0 → correct it"):
        replace(scene.verify, view=view).run()


def test_edges_without_a_row_are_asked_for_only_while_they_are_few(scene: Scene) -> None:
    asked: list[str] = []

    class Noting(type(scene.backend.status)):  # type: ignore[misc] # its own class, which notes what it is asked
        def online(self, names: list[str]) -> dict[str, bool]:
            asked.extend(names)
            return {}

    scene.backend.status = Noting()
    scene.registry.keys.clear()
    scene.view.look()
    assert set(asked) == ALL
    asked.clear()
    many = [f"edge{index}" for index in range(11)]
    expected = Expectations(dict.fromkeys(many, Expectation(frozenset(), {})))
    assert len(replace(scene.view, expected=expected).look(names=many)) == 11
    assert asked == []


def test_a_fleet_that_is_down_is_not_started_by_restart(scene: Scene, tmp_path: Path) -> None:
    scene.host.running.clear()
    with pytest.raises(EdgesNotOnline, match="the fleet is down"):
        Restart([FLEET.edge(1)], FLEET, Directories(tmp_path), scene.host, tuple, scene.output).run()
    assert scene.host.running == set()
