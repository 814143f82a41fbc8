"""The plant that roles make together."""

from __future__ import annotations

import pytest

from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.light.engine.plant import Battery
from edge_tasks.light.engine.roles import (
    Control,
    Filter,
    GridMeter,
    Logger,
    Meter,
    Role,
    Series,
    Storage,
    plant_of,
)
from edge_tasks.openems.sources import Datasource

SOURCE = Datasource((1, 2), 1000)


def test_each_role_has_its_place_and_what_can_be_written_has_its_channel() -> None:
    plant = plant_of(
        [
            ("source0", Series(SOURCE)),
            ("used0", Meter("consumption", "source0", "SetUsed")),
            ("made0", Meter("production", "source0")),
            ("made1", Meter("production", "none9", "SetMade")),
            ("grid0", GridMeter()),
            ("ess0", Storage(100, 50, 30, "SetEss")),
            ("ess1", Storage(200, 60, 40)),
            ("log0", Logger("source")),
        ]
    )
    assert plant.producers == (("made0", SOURCE), ("made1", Datasource((), 0)))
    assert plant.consumers == (("used0", SOURCE),)
    assert plant.grid == ("grid0",)
    assert plant.batteries == (Battery("ess0", 100, 50, 30, None), Battery("ess1", 200, 60, 40, None))
    assert plant.writable == {"used0/SetUsed": "used0", "made1/SetMade": "made1", "ess0/SetEss": "ess0"}
    assert [plant.battery(own_id)[0] for own_id in ("ess0", "ess1")] == [0, 1]


def test_a_battery_has_the_first_target_of_its_own_controls() -> None:
    roles: list[tuple[str, Role]] = [
        ("a", Control("ess1", target=7)),
        ("b", Control("ess0")),
        ("c", Control("ess0", target=0)),
        ("d", Control("ess0", target=5)),
        ("ess0", Storage(100, 50, 30)),
    ]
    assert plant_of(roles).batteries == (Battery("ess0", 100, 50, 30, 0),)


@pytest.mark.parametrize(("given", "kept"), [(-1, 0), (0, 0), (1, 1), (99, 99), (100, 100), (101, 100)])
def test_percentages_are_kept_within_their_bounds(given: int, kept: int) -> None:
    (battery,) = plant_of([("ess0", Storage(100, given, 30))]).batteries
    assert battery.initial_soc == kept


def test_what_cannot_be_negative_is_not() -> None:
    assert plant_of([("ess0", Storage(-5, 50, -6))]).batteries == (Battery("ess0", 0, 50, 0, None),)


def test_the_first_filter_leads_all_batteries() -> None:
    gains = Gains(1, 2, 3)
    assert plant_of([("a", Filter(gains)), ("b", Filter(None))]).gains == gains
    assert plant_of([("b", Filter(None))]).gains is None
    assert plant_of([]).gains == DEFAULT
