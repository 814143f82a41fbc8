from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.adapters.swarm import Swarm, has_left, swarm_problem
from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import Fleet
from edge_tasks.light.nodes.files import FLEET_FILE
from edge_tasks.runtimes.swarm.light_service import SPEC, service_of
from edge_tasks.runtimes.swarm.light_tasks import SwarmTasks

if TYPE_CHECKING:
    from pathlib import Path

FLEET = Fleet("0193", b"secret", size=3, light=3)
NAME = service_of(FLEET.id)


@dataclass
class Engine:
    """An engine with a Swarm that has the service of the fleet, or none."""

    spec: str = ""
    state: str = "active true"
    has_service: bool = True
    said: list[str] = field(default_factory=list)
    tasks: list[dict[str, str]] = field(default_factory=list)

    def ask(self, *command: str, **_: object) -> str:
        if command[0] == "info":
            return self.state
        assert self.state == "active true", "the engine answers nothing about a Swarm"
        if command[:2] == ("service", "ls"):
            return json.dumps({"Name": NAME}) if self.has_service else ""
        if command[:2] == ("service", "inspect"):
            spec = {"Labels": {SPEC: self.spec}, "Mode": {"Replicated": {"Replicas": 1}}}
            return json.dumps([{"Spec": spec}])
        if command[:2] == ("service", "ps"):
            return "\n".join(map(json.dumps, self.tasks))
        return ""

    def run(self, *command: str) -> None:
        self.said.append(" ".join(command[:2]))
        if command[:2] == ("service", "rm"):
            self.has_service = False


@dataclass
class KeeperContainer:
    """The keeper, which writes down with the engine's commands when it is started."""

    config: Path
    engine: Engine
    is_running: bool = True

    def find(self) -> object | None:
        return self

    def start(self, _: str) -> None:
        self.engine.said.append("keeper")

    def require(self, _: str) -> None:
        pass


def tasks_of(engine: Any, folder: Path) -> SwarmTasks:
    shares = SimpleNamespace(shares=lambda _: {"processes": 1}, processes=0)
    stack: Any = SimpleNamespace(
        context=SimpleNamespace(fleet=FLEET, choices={"image_registry": "none"}),
        docker=engine,
        swarm=Swarm(engine),
        light_options=shares,
        options=SimpleNamespace(light_image="python"),
    )
    keeper: Any = KeeperContainer(folder / FLEET_FILE, engine)
    found = SwarmTasks(stack, keeper)
    created = ("service", "create")
    wanted = {"spec": "wanted", "token": "word", "secret": "s", "label": "l", "creation": lambda *_: created}
    vars(found)["wanted"] = SimpleNamespace(**wanted)
    return found


def test_tasks_that_are_to_be_made_anew_end_while_the_keeper_still_takes_what_they_have_counted(
    tmp_path: Path,
) -> None:
    engine = Engine(spec="another")
    tasks_of(engine, tmp_path).start("{}")
    assert engine.said == ["service rm", "keeper", "service create"]


def test_tasks_that_are_as_they_should_be_go_on(tmp_path: Path) -> None:
    engine = Engine(spec="wanted")
    tasks_of(engine, tmp_path).start("{}")
    assert engine.said == ["keeper"]


def test_an_engine_that_has_left_the_swarm_has_nothing_there_and_nothing_to_remove(tmp_path: Path) -> None:
    tasks = tasks_of(Engine(state="inactive false"), tmp_path)
    tasks.remove()
    assert not tasks.end_tasks()


def test_an_engine_whose_swarm_is_locked_has_not_left_it_and_is_told_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = Engine(state="locked false")
    with pytest.raises(AssertionError):
        tasks_of(locked, tmp_path).remove()
    monkeypatch.setattr("edge_tasks.adapters.swarm.Docker", lambda _: locked)
    assert not has_left()
    assert swarm_problem() == ("this Docker Engine's Swarm is locked", "docker swarm unlock")
    locked.state = "inactive false"
    assert has_left()
    assert swarm_problem()[0] == "this Docker Engine is in no Swarm"
    locked.state = "active true"
    assert swarm_problem() == ("", "")


def test_a_placement_that_no_node_fits_is_said_at_once(tmp_path: Path) -> None:
    error = "no suitable node (scheduling constraints not satisfied on 3 nodes)"
    waits = {"Node": "", "CurrentState": "Pending 1 second ago", "DesiredState": "Running", "Error": f'"{error}"'}
    engine = Engine(tasks=[{**waits, "Name": f"{NAME}.1"}])
    with pytest.raises(
        CommandFailed, match="no node may run the light edges, says the Swarm: no suitable node"
    ) as caught:
        tasks_of(engine, tmp_path).require("light host")
    assert "--placement any" in caught.value.hint


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        ("No such image: sha256:1", "docker save python | ssh red docker load"),
        ("task: non-zero exit (1)", f"docker service ps --no-trunc {NAME}"),
        ("", "inv verify"),
    ],
)
def test_an_edge_that_waits_for_its_task_has_the_hint_that_lets_it_begin(
    tmp_path: Path, error: str, hint: str
) -> None:
    state = {"Node": "red", "CurrentState": "Rejected 1 second ago", "DesiredState": "Ready", "Error": error}
    engine = Engine(spec="wanted", tasks=[{**state, "Name": f"{NAME}.1"}])
    found = tasks_of(engine, tmp_path).not_yet()
    assert found.hint.startswith(hint)
    assert found.has_ended, "also while the backend believes that it is connected"


def test_edges_whose_service_or_keeper_is_another_one_are_started_by_inv_up(tmp_path: Path) -> None:
    found = tasks_of(Engine(spec="another"), tmp_path).not_yet()
    assert (found.running, found.hint) == (False, ""), "then the verdict says: inv up"
    assert "is not as it should be" in found.why
    assert "has no service" in tasks_of(Engine(has_service=False), tmp_path).not_yet().why
