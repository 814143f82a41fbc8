from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from edge_tasks.fleet.directories import Written
from edge_tasks.fleet.record import Record
from edge_tasks.steps.devices_read import DevicesRead
from edge_tasks.steps.up import Up, mark_of
from tests.unit.steps.neighbours import FLEET, Backend, Entries, Host, Lines

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.load_shapes import LoadShape
    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.plan import Plan
    from edge_tasks.runtimes.plans import EdgesToStart

WRITTEN = {edge.name: Written("digest", 1.0) for edge in FLEET.edges}


class Shape:
    digest = "shape"


@pytest.fixture
def step(tmp_path: Path) -> Up:
    backend = Backend()
    record = Record(tmp_path / "record.json")
    return Up(
        backend=backend,
        edges=Host(FLEET, backend.status),
        written=WRITTEN,
        registry=Entries(FLEET, {edge.name: edge.apikey for edge in FLEET.edges}),
        read=DevicesRead(record, backend, FLEET),
        record=record,
        mark="mark",
        names=[edge.name for edge in FLEET.edges],
        find_idle=lambda: ("Controller.CHP.SoC",),
        find_limits=lambda: (),
        output=Lines(),
    )


def test_the_backend_comes_first_and_what_it_reads_is_noted(step: Up) -> None:
    plan = step.find()
    assert plan.changes == ("start the backend", "start 3 edges", "record that the fleet is up")
    assert step.apply(plan) == "backend started, 3 edges started"
    assert step.read.unread() == ()
    assert step.find().changes == ()


def test_edges_start_when_the_backend_takes_them_and_before_it_answers(step: Up) -> None:
    said: list[str] = []

    class Slow(Backend):
        def start(self, plan: Plan[tuple[str, ...]]) -> None:
            super().start(plan)
            said.append("backend started")

        def await_open(self) -> None:
            said.append("takes edges")

        def await_ready(self) -> None:
            said.append("answers")
            read_at.append(step.record.entries()["read"]["at"])

    class Watched(Host):
        def make_ready(self, _plan: Plan[EdgesToStart]) -> None:
            said.append("edges made ready")

        def start(self, plan: Plan[EdgesToStart]) -> str:
            said.append("edges started")
            read_at.append(step.record.entries()["read"]["at"])
            return super().start(plan)

    read_at: list[float] = []
    backend = Slow()
    slow = replace(step, backend=backend, edges=Watched(FLEET, backend.status))
    slow.apply(slow.find())
    assert said == ["backend started", "edges made ready", "takes edges", "edges started", "answers"]
    read_at.append(step.record.entries()["read"]["at"])
    assert len(set(read_at)) == 1, "edges that start after the backend has read are not taken for lost ones"


def test_what_is_applied_is_what_was_planned_without_another_look(step: Up) -> None:
    plan = step.find()
    step.apply(plan)
    assert isinstance(step.edges, Host)
    assert step.edges.looks == 1


def test_a_fleet_that_runs_and_is_not_noted_is_only_noted(step: Up) -> None:
    step.apply(step.find())
    other = replace(step, mark="another")
    plan = other.find()
    assert plan.changes == ("record that the fleet is up",)
    assert other.apply(plan) == "recorded that the fleet is up"
    assert other.find().changes == ()


def test_edges_that_were_brought_up_wait_for_no_backfill_any_more(step: Up) -> None:
    step.record.note(paused=True)
    step.apply(step.find())
    assert "paused" not in step.record.entries()


def test_edges_that_stand_alone_are_started_without_touching_the_backend(step: Up) -> None:
    step.apply(step.find())
    assert isinstance(step.edges, Host)
    assert isinstance(step.backend, Backend)
    step.edges.running.remove("edge1")
    assert step.apply(step.find()) == "1 edges started"
    assert step.backend.lives == 1


def test_what_light_edges_do_not_simulate_is_said_once_edges_were_started(step: Up) -> None:
    assert isinstance(step.output, Lines)
    step.apply(step.find())
    assert step.output.lines == [
        "  light edges have these components but do not simulate them: Controller.CHP.SoC"
    ]
    step.output.lines.clear()
    step.apply(replace(step, mark="another").find())
    assert step.output.lines == []


def test_what_light_edges_do_not_simulate_is_said_again_only_when_it_is_something_else(step: Up) -> None:
    assert isinstance(step.output, Lines)
    assert isinstance(step.edges, Host)
    for idle, lines in ((("A",), 1), (("A",), 0), (("A", "B"), 1), ((), 0), (("B",), 1)):
        step.output.lines.clear()
        step.edges.running.clear()
        again = replace(step, find_idle=partial(tuple, idle))
        again.apply(again.find())
        assert len(step.output.lines) == lines, idle


def test_a_limit_of_the_backends_database_is_said_once_and_again_when_it_is_another(step: Up) -> None:
    assert isinstance(step.output, Lines)
    assert isinstance(step.edges, Host)
    for limits, count in (((), 0), (("A",), 1), (("A",), 0), (("A", "B"), 2), ((), 0), (("A",), 1)):
        step.output.lines.clear()
        step.edges.running.clear()
        again = replace(step, find_idle=tuple, find_limits=partial(tuple, limits))
        again.apply(again.find())
        assert len(step.output.lines) == count, limits


def mark(fleet: Fleet = FLEET, template: str = "t", shape: LoadShape | None = None, seed: str = "") -> str:
    return mark_of(fleet, template, shape, seed)


@pytest.mark.parametrize(
    "other",
    [
        mark(replace(FLEET, size=4)),
        mark(replace(FLEET, light=1)),
        mark(replace(FLEET, key_generation=1)),
        mark(replace(FLEET, port_offset=100)),
        mark(template="u"),
        mark(shape=Shape()),  # type: ignore[arg-type] # only its digest counts
    ],
    ids=["size", "light", "key generation", "ports", "template", "load shape"],
)
def test_a_fleet_that_differs_has_another_mark(other: str) -> None:
    assert other != mark()


def test_the_seed_counts_only_with_a_load_shape() -> None:
    assert mark(seed="a") == mark(seed="b")
    assert mark(shape=Shape(), seed="a") != mark(shape=Shape(), seed="b")  # type: ignore[arg-type] # as above


def test_the_reserve_has_no_part_in_the_mark() -> None:
    assert mark(replace(FLEET, reserve=99)) == mark()
