"""Of which fleet a backfill writes the past."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.cli.past import require_saved_size
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.saved import State
from tests.unit.cli.test_request import request

if TYPE_CHECKING:
    from edge_tasks.cli.target import Target


WHICH = "false", "true"


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A platform with a saved fleet of one real edge and two light ones."""
    found = Path(shutil.copytree(bundled_source(), tmp_path / "platform"))
    State(found).folder.mkdir()
    State(found).save(target_of(found, "setup", edges="1", light_edges="2").wanted)
    return found


def target_of(platform: Path, *tasks: str, **options: str) -> Target:
    asked = request(tasks[0], {"platform": str(platform), "runtime": "embedded", **options})
    return asked.find_target(frozenset(tasks))


def test_a_size_that_is_typed_behind_a_backfill_does_not_change_the_fleet(platform: Path) -> None:
    target = target_of(platform, "backfill", edges="4", light_edges="9")
    assert (target.fleet.full, target.fleet.light, target.wanted) == (1, 2, target.saved)
    require_saved_size(target)


@pytest.mark.parametrize("name", ["edges", "light_edges"])
def test_a_size_of_the_shell_does_not_change_it_either(
    platform: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"EDGE_TASKS_{name.upper()}", "7")
    target = target_of(platform, "backfill")
    assert (target.fleet.full, target.fleet.light, target.wanted) == (1, 2, target.saved)


@pytest.mark.parametrize(
    ("edges", "light", "words"),
    [(7, 2, "the fleet has 1 edges, and fleet.yaml says 7"), (1, 9, "the fleet has 2 light edges, and fleet")],
)
def test_a_size_of_the_fleet_file_is_brought_up_first(platform: Path, edges: int, light: int, words: str) -> None:
    ranges = f"0-{edges - 1}", f"{edges}-{edges + light - 1}"
    lines = (
        "groups:",
        *(
            f"- {{name: of{text}, edges: {text}, light: {which}}}"
            for text, which in zip(ranges, WHICH, strict=True)
        ),
    )
    (platform / "fleet.yaml").write_text("\n".join(lines))
    with pytest.raises(SettingsError, match=words) as caught:
        require_saved_size(target_of(platform, "backfill"))
    assert caught.value.hint.startswith("inv up")


def test_a_fleet_that_is_brought_up_by_the_same_command_has_the_size_that_is_typed(platform: Path) -> None:
    assert target_of(platform, "setup", "backfill", edges="4").fleet.full == 4
