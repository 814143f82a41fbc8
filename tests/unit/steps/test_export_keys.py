from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.fleet.groups import Group
from edge_tasks.fleet.identity import Fleet
from edge_tasks.steps.export_keys import ExportKeys
from tests.unit.made_of import blueprints
from tests.unit.steps.neighbours import Lines

if TYPE_CHECKING:
    from pathlib import Path

FLEET = Fleet("0197-id", bytes(range(32)), size=6, light=6)
HOMES = Group("homes", (range(4),), light=True, households=2, profile="household", seed=FLEET.id)
OFFICES = Group("offices", (range(4, 6),), light=True, households=0, profile="constant", seed="offices")


def commands(folder: Path, groups: tuple[Group, ...], *indices: int) -> list[str]:
    output = Lines()
    edges = [FLEET.edges[index] for index in indices]
    ExportKeys(edges, blueprints(*groups), folder / "keys.csv", output).run()
    before = "elsewhere: inv attach --backend wss://HOST --keys keys.csv"
    assert all(line.startswith(before) for line in output.lines[1:])
    return [line.removeprefix(before) for line in output.lines[1:]]


def test_each_group_has_a_command_for_those_of_its_edges_that_were_exported(tmp_path: Path) -> None:
    of_homes = " --profile household --meters 2"
    groups = HOMES, OFFICES
    assert commands(tmp_path, groups, *range(6)) == [f" --edge 0-3{of_homes}", " --edge 4-5"]
    assert commands(tmp_path, groups, 0, 1, 3, 5) == [f" --edge 0-1,3{of_homes}", " --edge 5"]
    assert commands(tmp_path, groups, 3) == [f" --edge 3{of_homes}"]


def test_a_fleet_without_groups_needs_no_range_because_the_file_has_no_others(tmp_path: Path) -> None:
    assert commands(tmp_path, (replace(HOMES, name="", ranges=(range(6),)),), 3) == [
        " --profile household --meters 2"
    ]
