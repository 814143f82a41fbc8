"""The plant that roles make together."""

from __future__ import annotations

import pytest

from edge_tasks.light.devices.balancing import Balancing
from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.light.engine.plant import Battery
from edge_tasks.light.engine.roles import (
    Filter,
    GridMeter,
    Logger,
    Meter,
    Role,
    Schedule,
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
    assert plant.batteries == (Battery("ess0", 100, 50, 30), Battery("ess1", 200, 60, 40))
    assert plant.writable == {"used0/SetUsed": "used0", "made1/SetMade": "made1", "ess0/SetEss": "ess0"}
    assert [plant.battery(own_id)[0] for own_id in ("ess0", "ess1")] == [0, 1]


ROLES: list[tuple[str, Role]] = [
    ("a", Balancing("ess1", 7)),
    ("b", Balancing("ess0", 1)),
    ("c", Balancing("ess0", 2)),
    ("d", Balancing("ess0", 3)),
    ("ess0", Storage(100, 50, 30)),
]


@pytest.mark.parametrize(
    ("schedules", "targets"),
    [
        ([], [1, 2, 3]),
        ([Schedule(("d", "none9", "c"), runs_others=True)], [3, 2, 1]),
        ([Schedule(("d", "none9"), runs_others=False), Schedule((), runs_others=True)], [3]),
        ([Schedule((), runs_others=False)], []),
    ],
)
def test_a_battery_has_its_own_controls_in_the_order_of_the_first_schedule(
    schedules: list[Schedule], targets: list[int]
) -> None:
    roles = [*ROLES, *((f"scheduler{number}", one) for number, one in enumerate(schedules))]
    controls = tuple(Balancing("ess0", target) for target in targets)
    assert plant_of(roles).batteries == (Battery("ess0", 100, 50, 30, controls),)


@pytest.mark.parametrize(("given", "kept"), [(-1, 0), (0, 0), (1, 1), (99, 99), (100, 100), (101, 100)])
def test_percentages_are_kept_within_their_bounds(given: int, kept: int) -> None:
    (battery,) = plant_of([("ess0", Storage(100, given, 30))]).batteries
    assert battery.initial_soc == kept


def test_what_cannot_be_negative_is_not() -> None:
    assert plant_of([("ess0", Storage(-5, 50, -6))]).batteries == (Battery("ess0", 0, 50, 0),)


def test_the_first_filter_leads_all_batteries() -> None:
    gains = Gains(1, 2, 3)
    assert plant_of([("a", Filter(gains)), ("b", Filter(None))]).gains == gains
    assert plant_of([("b", Filter(None))]).gains is None
    assert plant_of([]).gains == DEFAULT
