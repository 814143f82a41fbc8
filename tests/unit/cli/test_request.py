from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.request import Request
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


def request(task: str, options: Mapping[str, str], configured: Mapping[str, object] | None = None) -> Request:
    return Request(options, frozenset({task}), configured or {}, find_invocation(None, Path.cwd(), [task]))


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundled_source(), tmp_path / "platform"))


@pytest.mark.parametrize("name", ["profile", "fleet_file"])
def test_a_path_is_that_of_the_folder_in_which_it_was_typed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert request("setup", {name: "./mine.yaml"}).choices().text(name) == str(tmp_path / "mine.yaml")


@pytest.mark.parametrize(("name", "word"), [("profile", "household"), ("fleet_file", "mine.yaml")])
def test_a_mere_name_stays_as_it_is(name: str, word: str) -> None:
    assert request("setup", {name: word}).choices().text(name) == word


def test_the_target_is_the_fleet_that_was_asked_for_on_the_platform_that_was_named(platform: Path) -> None:
    options = {"platform": str(platform), "runtime": "embedded", "edges": "3", "light_edges": "2"}
    found = request("setup", options)
    target = found.find_target(found.typed)
    assert (target.platform.path, target.saved) == (platform, None)
    assert (target.fleet.size, target.fleet.light, target.wanted.runtime) == (5, 2, "embedded")


@pytest.mark.parametrize("task", ["verify", "truth", "status"])
def test_a_task_that_looks_takes_the_fleet_as_it_was_saved(
    task: str, platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"platform": str(platform), "runtime": "embedded", "edges": "3"}
    made = request("setup", options)
    target = made.find_target(made.typed)
    target.state.folder.mkdir()
    target.state.save(target.wanted)
    for typed, variable in (("40", "0"), ("", "40")):
        monkeypatch.setenv("EDGE_TASKS_LIGHT_EDGES", variable)
        found = request(task, {**options, "edges": typed})
        needed = frozenset({"up"}) if task == "verify" else frozenset()
        assert found.find_target(found.typed | needed).fleet.size == 3


def test_a_damaged_fleet_file_hinders_all_tasks_but_down(platform: Path) -> None:
    (platform / "fleet.yaml").write_text("groups: 3\n")
    options = {"platform": str(platform), "runtime": "embedded"}
    down, setup = (request(task, options) for task in ("down", "setup"))
    assert down.find_target(down.typed).described == ()
    with pytest.raises(SettingsError, match=r"fleet\.yaml:1"):
        setup.find_target(setup.typed)


def test_services_of_a_role_that_there_is_not_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"edge_tasks\.services"):
        _ = request("setup", {}, {"services": {"nothing": "db"}}).services_named
