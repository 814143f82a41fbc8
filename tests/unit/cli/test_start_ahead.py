"""When the programs of a runtime are started before they are needed, and which."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.adapters.processes import Daemon
from edge_tasks.cli import assembly
from edge_tasks.fleet.identity import Fleet
from edge_tasks.plan import Plan
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.processes import Processes

if TYPE_CHECKING:
    from pathlib import Path


class Done:
    """A step that has nothing to do."""

    def find(self) -> Plan[None]:
        return Plan((), "all is there", None)

    def apply(self, plan: Plan[None]) -> str:
        raise AssertionError(plan)


class Output:
    def document(self, **_found: object) -> None: ...

    def step(self, *_words: object, **_more: object) -> None: ...


def session(tasks: set[str], started: list[str], *, judges_only: bool = False) -> Any:
    return SimpleNamespace(
        begin=lambda: None,
        judges_only=judges_only,
        tasks=frozenset(tasks),
        typed=frozenset(tasks),
        done=set(),
        runtime=SimpleNamespace(start_ahead=lambda: started.append("programs")),
        console=Output(),
    )


@pytest.fixture(autouse=True)
def _steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("build", "compose"):
        monkeypatch.setitem(assembly.STEPS, name, lambda _session: Done())


def test_the_first_step_of_a_call_that_brings_a_fleet_up_starts_its_programs() -> None:
    started: list[str] = []
    one = session({"build", "compose", "up"}, started)
    assembly.run_step(one, "build")
    assembly.run_step(one, "compose")
    assert started == ["programs"]


@pytest.mark.parametrize(("tasks", "judges_only"), [({"build", "compose"}, False), ({"build", "up"}, True)])
def test_no_other_call_starts_any(tasks: set[str], *, judges_only: bool) -> None:
    started: list[str] = []
    assembly.run_step(session(tasks, started, judges_only=judges_only), "build")
    assert started == []


def test_what_runs_is_not_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(Daemon, "find", lambda own: object() if own.config.name == "backend.json" else None)
    monkeypatch.setattr(Daemon, "start_ahead", lambda own: started.append(own.config.name))
    monkeypatch.setattr(PostgresServer, "is_running", lambda _own: True)
    Processes(tmp_path, Fleet("id", b"secret", 3), 0, "", "2024.7.0").start_ahead()
    assert started == ["light.json"]
