from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.directories import Written
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes import light_host
from edge_tasks.runtimes.light_host import LightHost, change_of
from edge_tasks.runtimes.light_options import LightOptions
from tests.unit.made_of import blueprints, whole

CHOICES: dict[str, str | int] = {
    "light_processes": 0,
    "connect_rate": 500,
    "reconnect": "quick",
    "metrics_port": 9100,
}
OPTIONS = replace(LightOptions.of(CHOICES, 0), cores=4)


@pytest.mark.parametrize(
    ("edges", "processes"), [(1, 1), (2500, 1), (2501, 2), (5000, 2), (7501, 4), (10_001, 4)]
)
def test_there_is_a_process_for_each_2500_edges_and_at_most_one_a_core(edges: int, processes: int) -> None:
    assert OPTIONS.shares(edges) == {"processes": processes, "block": 2500}


def test_no_edges_are_one_process_too() -> None:
    assert OPTIONS.shares(0) == {"processes": 1, "block": 2500}


def test_processes_that_were_asked_for_take_the_edges_in_turn() -> None:
    assert replace(OPTIONS, processes=8).shares(3) == {"processes": 8, "block": 1}


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 64))
def test_a_fleet_that_grows_leaves_every_edge_in_its_block(fewer: int, more: int, processes: int) -> None:
    options = replace(OPTIONS, processes=processes)
    assert options.shares(fewer)["block"] == options.shares(more)["block"]


def test_the_metrics_port_moves_with_the_fleet_and_none_stays_none() -> None:
    assert LightOptions.of(CHOICES, 300).metrics == {"metrics_port": 9400, "metrics_host": "127.0.0.1"}
    without = LightOptions.of({**CHOICES, "metrics_port": 0}, 300)
    assert (without.metrics_port, without.metrics) == (0, {})


@dataclass
class Process:
    """A light host that takes its edges at once, or never."""

    config: Path
    log: str = "its log"
    takes: bool = True
    running: bool = False
    hangs: bool = False
    starts: list[str] = field(default_factory=list)

    def find(self) -> object | None:
        if self.running and self.takes:
            self.report()
        return self if self.running else None

    def start(self, config: str) -> None:
        assert not list(self.config.parent.glob("light-status-*.json"))
        self.starts.append(config)
        self.config.write_text(config)
        self.running = True
        self.report()

    def stop(self) -> bool:
        was_running, self.running = self.running, False
        return was_running

    def require(self, what: str) -> None:
        if not (self.takes or self.hangs):
            raise CommandFailed(f"the {what} ended at once")
        self.report()

    def report(self) -> None:
        told = json.loads(self.config.read_text())
        status = {"revision": told["revision"], "edges": {"edge0": state("ramping")}}
        for number in range(told["processes"]) if self.takes else ():
            (self.config.parent / f"light-status-{number}.json").write_text(json.dumps(status))


def state(name: str, why: str = "") -> dict[str, Any]:
    return {"state": name, "why": why, "since": 5.0, "ignored": ["a.config: no"]}


def host(
    folder: Path, *, full: int = 1, takes: bool = True, kind: type[LightHost] = LightHost
) -> tuple[LightHost, Process]:
    process = Process(folder / "light.json", takes=takes)
    fleet = Fleet("f", bytes(32), size=full + 2, light=2)
    files = {PurePosixPath("a.config"): "text"}
    made = blueprints(whole(fleet))
    light = kind(
        process, folder, folder / "edges", fleet, lambda _: files, blueprints=lambda: made, options=OPTIONS
    )
    return light, process


WRITTEN = {"edge0": Written("digest", 1.0)}


def test_a_host_that_does_not_run_is_started_with_its_edges_and_then_there_is_nothing_to_tell(
    tmp_path: Path,
) -> None:
    light, process = host(tmp_path)
    planned = light.find(WRITTEN)
    assert planned is not None
    assert change_of(planned) == "start the light host with 3 edges"
    (tmp_path / "light-status-7.json").write_text("{}")  # of a process that has ended
    assert light.start(planned) == "light host has 3 edges"
    assert process.starts == [planned.fleet_file]
    assert light.find(WRITTEN) is None


def test_a_host_that_runs_is_told_and_not_started_again(tmp_path: Path) -> None:
    light, process = host(tmp_path)
    first = light.find(WRITTEN)
    assert first is not None
    light.start(first)
    again = light.find({"edge0": Written("digest", 2.0)})
    assert again is not None
    assert change_of(again) == "give the light host its 3 edges"
    light.start(again)
    assert process.starts == [first.fleet_file]
    assert process.config.read_text() == again.fleet_file


def test_a_host_that_is_cleared_is_started_again_without_what_its_edges_have_counted(tmp_path: Path) -> None:
    light, process = host(tmp_path)
    first = light.find(WRITTEN)
    assert first is not None
    light.start(first)
    for name in ("light-memory.json", "light-memory-0.json", "light-memory-1.json"):
        (tmp_path / name).write_text("{}")
    light.clear()
    assert not process.running
    assert list(tmp_path.glob("light-memory*")) == []
    assert light.find(WRITTEN) is not None
    light.clear()


def test_a_host_that_ends_instead_of_taking_its_edges_is_said_to(tmp_path: Path) -> None:
    light, _ = host(tmp_path, takes=False)
    planned = light.find(WRITTEN)
    assert planned is not None
    with pytest.raises(CommandFailed, match="the light host ended at once"):
        light.start(planned)


def test_the_apikeys_that_the_host_is_told_are_not_in_what_is_printed_of_the_plan(tmp_path: Path) -> None:
    light, _ = host(tmp_path)
    planned = light.find(WRITTEN)
    apikey = Fleet("f", bytes(32), size=3, light=2).edge(2).apikey
    assert planned is not None
    assert apikey in planned.fleet_file
    assert apikey not in repr(planned)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (state("online"), (True, "")),
        (state("offline", "refused"), (True, "refused")),
        (state("starting"), (True, "it is starting")),
        (state("unconfigured", "no file"), (False, "no file")),
    ],
)
def test_an_edge_is_as_its_host_says(tmp_path: Path, status: dict[str, Any], expected: tuple[bool, str]) -> None:
    light, process = host(tmp_path)
    assert light.processes() == {}
    process.config.write_text(light.fleet_file(WRITTEN))
    (tmp_path / "light-status-0.json").write_text(json.dumps({"edges": {"edge0": status}}))
    (tmp_path / "light-status-1.json").write_text("half a docum")
    process.running, process.takes = True, False
    [(name, found)] = light.processes().items()
    assert (name, (found.running, found.why)) == ("edge0", expected)
    assert (found.since, found.ignored) == (5.0, ("a.config: no",))


def test_a_host_that_writes_no_status_any_more_is_ended_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(light_host, "time", SimpleNamespace(time=lambda: now, monotonic=time.monotonic))
    light, process = host(tmp_path)
    light.start(light.find(WRITTEN) or pytest.fail("it does not run"))
    process.takes = False
    [status] = tmp_path.glob("light-status-*.json")
    os.utime(status, (now - 29,) * 2)
    assert light.find(WRITTEN) is None
    os.utime(status, (now - 31,) * 2)
    planned = light.find(WRITTEN)
    assert planned is not None
    assert change_of(planned) == "start the light host again, which hangs, with 3 edges"
    process.takes = True
    light.start(planned)
    assert len(process.starts) == 2


class Tasks(LightHost):
    """Processes that go on whatever happens to one of them."""

    starts_s = 0.1
    starts_again = False


def test_processes_of_which_one_does_not_take_its_edges_go_on_where_they_are_not_one_program(
    tmp_path: Path,
) -> None:
    light, process = host(tmp_path, kind=Tasks)
    light.start(light.find(WRITTEN) or pytest.fail("it does not run"))
    process.takes, process.hangs = False, True
    planned = light.find({"edge0": Written("digest", 2.0)})
    assert planned is not None
    with pytest.raises(CommandFailed, match="did not start its edges"):
        light.start(planned)
    assert process.running
    assert len(process.starts) == 1
