from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.steps.households import Households
from tests.unit.made_of import blueprints, whole
from tests.unit.steps.neighbours import Lines

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.fleet.groups import Group

FLEET = Fleet("f", bytes(32), size=3, light=2)
VILLAGE = replace(whole(FLEET, households=1), name="village", ranges=(range(1),), zone="Africa/Kampala")
TOWN = replace(whole(FLEET), name="town", ranges=(range(1, 3),), light=True)


def step(*groups: Group, path: Path | None = None) -> tuple[Households, Lines]:
    output = Lines()
    made = blueprints(*(groups or [whole(FLEET, households=1)]))
    return Households(FLEET.edges, made, path, output), output


def entries(output: Lines) -> list[dict[str, Any]]:
    found = output.found["households"]
    assert isinstance(found, list)
    return found


def test_the_templates_own_meters_and_the_households_are_listed_edge_by_edge(tmp_path: Path) -> None:
    listing, output = step(path=tmp_path / "households.csv")
    listing.run()
    assert output.lines == [f"6 consumption meters: {tmp_path / 'households.csv'}"]
    assert output.rows == []  # what is in the file is not printed once more
    with (tmp_path / "households.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["edge"], row["meter"], row["alias"]) for row in rows] == [
        (edge.name, meter, alias)
        for edge in FLEET.edges
        for meter, alias in (("meter3", "Consumption"), ("meter4", "Household 1"))
    ]
    assert rows[1] == {
        "edge": "edge0",
        "meter": "meter4",
        "alias": "Household 1",
        "channel": "meter4/ActiveConsumptionEnergy",
        "group": "",
        "zone": "UTC",
    }


def test_groups_have_their_own_households_and_time_zones() -> None:
    listing, output = step(VILLAGE, TOWN)
    listing.run()
    assert [(one["edge"], one["meter"], one["group"], one["zone"]) for one in entries(output)] == [
        ("edge0", "meter3", "village", "Africa/Kampala"),
        ("edge0", "meter4", "village", "Africa/Kampala"),
        ("edge1", "meter3", "town", "UTC"),
        ("edge2", "meter3", "town", "UTC"),
    ]


def test_meters_that_a_backends_database_may_not_answer_are_named() -> None:
    listing, output = step(whole(FLEET, households=7))
    listing.run()
    assert any("so not for meter10" in line for line in output.lines)


def test_of_many_rows_the_first_are_shown_and_it_is_said_where_all_are() -> None:
    listing, output = step(whole(FLEET, households=20))
    listing.run()
    assert "and 39 more: all with --output FILE.csv or --json, or some with --edge" in output.lines
    assert len(entries(output)) == 63
    output.lines.clear()
    replace(listing, is_whole=True).run()
    assert not any("more" in line for line in output.lines)


def test_a_file_of_another_kind_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    listing, _ = step(path=tmp_path / "households.json")
    with pytest.raises(SettingsError, match=r"--output is '.*households.json'"):
        listing.run()
    assert not list(tmp_path.iterdir())


def test_a_list_is_replaced_by_another_one_and_no_other_file_is(tmp_path: Path) -> None:
    path = tmp_path / "households.csv"
    listing, _ = step(path=path)
    listing.run()
    listing.run()
    path.write_text("mine\n")
    with pytest.raises(SettingsError, match="which is no list of inv households"):
        listing.run()
    assert path.read_text() == "mine\n"
