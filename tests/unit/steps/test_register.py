from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from edge_tasks.fleet.record import Record
from edge_tasks.registry.protocol import Words
from edge_tasks.steps.devices_read import DevicesRead
from edge_tasks.steps.register import Register
from tests.unit.steps.neighbours import FLEET, Backend, Entries, Lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

ALL = {edge.name: edge.apikey for edge in FLEET.edges}


class Scene:
    def __init__(self, folder: Path) -> None:
        self.registry = Entries(FLEET)
        self.backend = Backend()
        self.output = Lines()
        self.read = DevicesRead(Record(folder / "record.json"), self.backend, FLEET)
        self.step = Register(self.registry, self.backend, self.read, self.output)

    def start_backend(self) -> None:
        self.read.remember(self.registry, starting=True)
        self.backend.start(self.backend.find())
        self.read.remember(self.registry)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_before_a_backend_runs_entries_are_written_and_nobody_is_disturbed(scene: Scene) -> None:
    plan = scene.step.find()
    assert plan.changes == ("3 added, 0 kept, 0 changed; 0 in reserve",)
    assert scene.step.apply(plan) == "3 added, 0 kept, 0 changed; 0 in reserve"
    assert (scene.registry.keys, scene.backend.read_again) == (ALL, 0)
    assert scene.step.find().changes == ()


def test_that_entries_are_written_is_noted_before_it_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scene.registry, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        scene.step.apply(scene.step.find())
    assert "written" in scene.read.record.entries()


def test_progress_is_counted_in_the_words_of_the_registry(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []

    def progress(_step: str, _total: int, unit: str) -> AbstractContextManager[Callable[[int], None]]:
        counted.append(unit)
        return nullcontext(lambda _done: None)

    monkeypatch.setattr(scene.output, "progress", progress)
    monkeypatch.setattr(Entries, "words", Words("entry", "entries", "metadata.json", "there"))
    scene.step.apply(scene.step.find())
    assert counted == ["entries"]


def test_a_backend_that_has_read_all_edges_is_left_alone(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    assert scene.step.find().changes == ()
    assert scene.backend.read_again == 0


def test_an_edge_that_the_running_backend_has_not_read_makes_it_read_again_once(scene: Scene) -> None:
    scene.registry.keys = {name: key for name, key in ALL.items() if name != "edge2"}
    scene.start_backend()
    plan = scene.step.find()
    assert plan.changes[1:] == ("the backend must read edge2, so all edges reconnect",)
    scene.step.apply(plan)
    assert scene.backend.read_again == 1
    assert "all edges reconnect" in scene.output.lines[0]
    assert scene.step.find().changes == ()


def test_of_an_entry_that_was_deleted_the_backend_knows_the_old_one(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    del scene.registry.keys["edge1"]
    plan = scene.step.find()
    assert plan.details.unread == ("edge1",)
    scene.step.apply(plan)
    assert (scene.registry.keys, scene.backend.read_again) == (ALL, 1)
    assert scene.step.find().changes == ()


def test_a_backend_that_is_not_as_it_should_be_is_left_to_up(scene: Scene) -> None:
    scene.registry.keys = {"edge0": ALL["edge0"]}
    scene.start_backend()
    scene.backend.stale = ("backend",)
    plan = scene.step.find()
    assert plan.details.unread == ()
    scene.step.apply(plan)
    assert scene.backend.read_again == 0


def test_a_backend_that_was_restarted_by_somebody_else_has_read_what_nobody_noted(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    scene.backend.lives += 1
    assert scene.read.unread() == ("edge0", "edge1", "edge2")


def restarted_by_somebody_else(scene: Scene) -> None:
    scene.backend.lives += 1
    scene.backend.started_at = time.time() + 60


def test_a_backend_that_somebody_else_restarted_has_read_the_rows_that_were_there_before(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    restarted_by_somebody_else(scene)
    assert scene.read.unread() == ()
    assert scene.step.find().changes == ()


def test_without_a_note_of_a_start_what_was_registered_before_it_counts(scene: Scene) -> None:
    scene.step.apply(scene.step.find())
    scene.start_backend()
    scene.read.record.forget("up", "read")
    restarted_by_somebody_else(scene)
    assert scene.read.unread() == ()


def test_a_row_that_the_restarted_backend_does_not_know_was_not_read(scene: Scene) -> None:
    class Forgetful(type(scene.backend.status)):  # type: ignore[misc] # its own class, without one edge
        def online(self, names: list[str]) -> dict[str, bool]:
            return {name: False for name in names if name != "edge1"}

    scene.registry.keys = dict(ALL)
    scene.start_backend()
    restarted_by_somebody_else(scene)
    scene.backend.status = Forgetful()
    assert scene.read.unread() == ("edge1",)
    assert scene.step.find().details.unread == ("edge1",)


def test_a_row_that_was_written_after_the_restart_was_not_read(scene: Scene) -> None:
    scene.registry.keys = {name: key for name, key in ALL.items() if name != "edge2"}
    scene.start_backend()
    scene.backend.lives += 1
    scene.backend.started_at = time.time()
    scene.registry.keys = dict(ALL)
    scene.backend.started_at += 1
    assert scene.read.unread() == ("edge2",)


@pytest.mark.parametrize("trouble", ["silent", "is_late"])
def test_what_cannot_be_asked_of_the_restarted_backend_is_not_believed(scene: Scene, trouble: str) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    restarted_by_somebody_else(scene)
    setattr(scene.backend.status, trouble, True)
    assert scene.read.unread() == ("edge0", "edge1", "edge2")


def test_a_backend_whose_port_for_edges_is_not_open_is_restarted(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    scene.backend.is_open = False
    plan = scene.step.find()
    assert plan.details.unread == tuple(ALL)
    scene.step.apply(plan)
    assert scene.backend.read_again == 1
    assert scene.step.find().changes == ()


def test_what_is_noted_holds_no_apikey(scene: Scene, tmp_path: Path) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    text = (tmp_path / "record.json").read_text()
    assert set(scene.read.names()) == set(ALL)
    assert not [key for key in ALL.values() if key in text]


def test_a_fleet_that_grows_within_its_reserve_disturbs_no_edge(scene: Scene) -> None:
    scene.registry.keys, scene.registry.archived = dict(ALL), {"edge2"}
    scene.start_backend()
    scene.backend.status.forgotten = scene.registry.archived  # a backend shows nobody an archived edge
    plan = scene.step.find()
    assert plan.changes == ("0 added, 2 kept, 0 changed, 1 unarchived; 0 in reserve",)
    scene.step.apply(plan)
    assert scene.backend.read_again == 0
    assert scene.step.find().changes == ()


def test_an_edge_that_the_backend_has_forgotten_makes_it_read_again(scene: Scene) -> None:
    scene.registry.keys = dict(ALL)
    scene.start_backend()
    scene.backend.status.forgotten = {"edge1"}  # somebody else made it read its devices while a row was away
    plan = scene.step.find()
    assert plan.changes == ("the backend must read edge1, so all edges reconnect",)
    scene.step.apply(plan)
    assert scene.backend.read_again == 1
