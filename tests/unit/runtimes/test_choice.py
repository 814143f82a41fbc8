from __future__ import annotations

from dataclasses import replace

import pytest

from edge_tasks.errors import MissingTool
from edge_tasks.runtimes import NAMES
from edge_tasks.runtimes.choice import AUTO, Choice, Chooser, can_only_end, find_problem, kind


class Machine:
    """One with or without an engine; counts how often it is asked."""

    def __init__(self, problem: str = "") -> None:
        self.problem = problem
        self.asked: list[str] = []

    def find_problem(self, name: str) -> tuple[str, str]:
        self.asked.append(name)
        return (self.problem, "start it") if name == "docker" and self.problem else ("", "")


def test_every_folder_is_a_runtime_that_can_be_chosen() -> None:
    assert NAMES == ("docker", "embedded", "swarm")
    assert [kind(name).uses_engine for name in NAMES] == [True, False, True]
    assert [kind(name).spans_nodes for name in NAMES] == [False, False, True]
    assert kind("embedded").find_problem() == ("", "")


def test_auto_is_docker_where_an_engine_answers() -> None:
    chooser = Chooser(bundled=False, find_problem=Machine().find_problem)
    assert chooser.choose(AUTO, "default") == Choice("docker", "an engine answers")


def test_auto_is_embedded_where_none_does_and_says_why() -> None:
    chooser = Chooser(bundled=False, find_problem=Machine("docker is not installed on this machine").find_problem)
    assert chooser.choose(AUTO, "default") == Choice("embedded", "docker is not installed on this machine")


def test_auto_is_embedded_where_the_platform_lacks_what_docker_needs_and_says_so() -> None:
    machine = Machine()
    chooser = Chooser(False, lambda: ("backend", "odoo"), machine.find_problem)  # noqa: FBT003 - its first attribute
    why = "its compose file has no service for backend, odoo, which docker needs"
    assert chooser.choose(AUTO, "default") == Choice("embedded", why)
    assert machine.asked == []
    assert chooser.choose("docker", "--runtime") == Choice("docker", "--runtime")


def test_auto_is_embedded_for_the_bundled_platform_without_asking_for_an_engine() -> None:
    machine = Machine()
    found = Chooser(bundled=True, find_problem=machine.find_problem).choose(AUTO, "default")
    assert found.name == "embedded"
    assert "downloads 2 GB" in found.why
    assert machine.asked == []


def test_what_was_asked_for_is_taken_and_says_who_asked() -> None:
    chooser = Chooser(bundled=True, find_problem=Machine().find_problem)
    assert chooser.choose("docker", "--runtime") == Choice("docker", "--runtime")


def test_docker_without_an_engine_is_refused_with_what_to_do() -> None:
    chooser = Chooser(
        bundled=False, find_problem=Machine("no Docker Engine answers on this machine").find_problem
    )
    with pytest.raises(MissingTool, match=r"no Docker .*; the docker runtime needs it \(saved\)") as refused:
        chooser.choose("docker", "saved")
    assert refused.value.hint == "start it; or start the fleet without Docker: --runtime embedded"
    assert chooser.choose("embedded", "--runtime").name == "embedded"


@pytest.mark.parametrize(
    ("has_fleet_in", "can_only_end", "begins"),
    [
        ("swarm", True, "inv down, if the fleet was not ended before; then docker swarm init;"),
        ("swarm", False, "docker swarm init;"),
        ("docker", True, "docker swarm init;"),
        ("", True, "docker swarm init;"),
    ],
)
def test_a_fleet_that_was_left_behind_is_ended_first_where_that_is_all_that_can_be_done(
    has_fleet_in: str, begins: str, *, can_only_end: bool
) -> None:
    chooser = Chooser(
        bundled=False,
        find_problem=lambda _: ("this Docker Engine is in no Swarm", "docker swarm init"),
        can_only_end=lambda _: can_only_end,
    )
    with pytest.raises(MissingTool) as refused:
        chooser.choose("swarm", "--runtime", has_fleet_in)
    assert refused.value.hint.startswith(begins)


def test_the_engine_is_asked_only_once() -> None:
    machine = Machine("gone")
    chooser = Chooser(bundled=False, find_problem=machine.find_problem)
    assert {chooser.choose(AUTO, "default").name for _ in range(3)} == {"embedded"}
    assert machine.asked == ["docker"]


def test_what_ends_a_fleet_may_need_less_than_what_starts_one(monkeypatch: pytest.MonkeyPatch) -> None:
    swarm = replace(kind("embedded"), find_problem=lambda: ("in no Swarm", ""), needed_for_down=lambda: ("", ""))
    assert kind("embedded").find_problem_of_down() == ("", "")
    assert not can_only_end("embedded")
    monkeypatch.setattr("edge_tasks.runtimes.choice.kind", lambda _: swarm)
    assert find_problem("swarm", {"down"}) == ("", "")
    assert find_problem("swarm", {"down", "setup"}) == ("in no Swarm", "")
    assert find_problem("swarm", {"status"}) == ("in no Swarm", "")
    assert can_only_end("swarm")
