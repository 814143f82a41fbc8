from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.cli.grouped import absolute, with_fleet_file
from edge_tasks.cli.settings import Choices
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge_tasks.fleet.groups import Group

GROUPS = "groups:\n- {name: bench, edges: 0-1}\n- name: village\n  edges: 2-6\n  light: true\n"


def choices(
    options: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None, **saved: str | int
) -> Choices:
    return Choices(options or {}, environ or {}, saved, {"edges": 9})


def described(given: Choices, platform: Path) -> tuple[Choices, tuple[Group, ...]]:
    return with_fleet_file(given, platform, given.options)


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    (tmp_path / "fleet.yaml").write_text(GROUPS)
    return tmp_path


def test_numbers_of_edges_follow_from_the_file_whatever_was_saved_or_configured(platform: Path) -> None:
    found, groups = described(choices(edges=5, light_edges=7), platform)
    assert [group.name for group in groups] == ["bench", "village"]
    assert (found.number("edges"), found.number("light_edges")) == (2, 5)
    assert found.chosen("edges").origin == "fleet.yaml"


def test_without_a_file_the_choices_stay_as_they_are(tmp_path: Path) -> None:
    given = choices(edges=5)
    assert described(given, tmp_path) == (given, ())


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            choices({"edges": "3"}),
            "fleet.yaml:2: its groups without 'light: true' have 2 edges, but --edges is 3",
        ),
        (
            choices({"light_edges": "2"}),
            "fleet.yaml:4: its groups with 'light: true' have 5 edges, but --light-edges is 2",
        ),
        (
            choices(environ={"EDGE_TASKS_EDGES": "7"}),
            "fleet.yaml:2: its groups without 'light: true' have 2 edges, but EDGE_TASKS_EDGES is 7",
        ),
    ],
)
def test_a_number_that_was_typed_and_contradicts_the_file_is_refused_with_its_line(
    platform: Path, given: Choices, problem: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        described(given, platform)
    assert caught.value.message.endswith(problem)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["meters", "profile", "seed"])
def test_an_option_that_every_group_overrides_is_refused_and_one_that_some_override_is_not(
    platform: Path, name: str
) -> None:
    value = "office" if name == "profile" else "7"
    some = GROUPS + f"  {name}: {value}\n"
    (platform / "fleet.yaml").write_text(some)
    described(choices({name: value}), platform)
    (platform / "fleet.yaml").write_text(some.replace("0-1}", f"0-1, {name}: {value}}}"))
    with pytest.raises(
        SettingsError, match=f"fleet.yaml:2: every group has its own {name}, so --{name} has no effect"
    ):
        described(choices({name: value}), platform)
    described(choices(environ={f"EDGE_TASKS_{name.upper()}": value}), platform)


def test_a_number_that_agrees_with_the_file_may_be_typed(platform: Path) -> None:
    found, _ = described(choices({"edges": "2", "light_edges": "5"}), platform)
    assert found.number("edges") == 2


def test_what_a_group_does_not_say_is_what_was_chosen_for_all(platform: Path) -> None:
    _, groups = described(choices({"meters": "4", "profile": "office"}, seed="s"), platform)
    assert {(group.households, group.profile, group.seed) for group in groups} == {(4, "office", "s")}


def test_a_name_is_a_file_of_the_platform_and_a_path_is_seen_from_here(tmp_path: Path) -> None:
    assert absolute("village.yaml", tmp_path) == "village.yaml"
    assert absolute("./village.yaml", tmp_path) == str(tmp_path / "village.yaml")
