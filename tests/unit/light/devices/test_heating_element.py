from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
INACTIVE, ACTIVE, FORCED = 0, 1, 2


def _house(edge: Build, sold: int, at: int = 0, **controller: Any) -> Edge:
    """A heating element in a house that sells so much, beginning at a ms of the day."""
    outputs = {f"outputChannelPhaseL{phase}": f"io0/InputOutput{phase - 1}" for phase in (1, 2, 3)}
    given = {"powerPerPhase": 2000, "minimumSwitchingTime": 60, "workMode": "NONE", **outputs, **controller}
    return edge(
        ("datasource1", "Simulator.Datasource.Single.Direct", {"values": (sold,)}),
        ("meter1", "Simulator.ProductionMeter.Acting", {"datasource__id": "datasource1"}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("io0", "Simulator.IO.DigitalInputOutput", {"numberOfOutputs": 3}),
        ("heat0", "Controller.IO.HeatingElement", given),
        began=at,
    )


def _seen(found: Edge) -> tuple[int, int, str]:
    values = found.values
    return values["heat0/Level"], values["heat0/Status"], found.log("io0")


@pytest.mark.parametrize(
    ("sold", "seen"),
    [
        (-500, (0, INACTIVE, "---")),
        (1999, (0, INACTIVE, "---")),
        (2000, (1, ACTIVE, "x--")),
        (5999, (2, ACTIVE, "xx-")),
        (6000, (3, ACTIVE, "xxx")),
        (60_000, (3, ACTIVE, "xxx")),
    ],
)
def test_its_level_is_what_would_be_sold_in_whole_phases(
    edge: Build, sold: int, seen: tuple[int, int, str]
) -> None:
    assert _seen(_house(edge, sold)) == seen


def test_what_it_heats_with_counts_as_sold_which_the_simulator_does_not_take_away(edge: Build) -> None:
    found = _house(edge, 2000)
    assert _seen(found.after(60 * SECOND)) == (1, ACTIVE, "x--")
    assert _seen(found.after(2 * SECOND)) == (2, ACTIVE, "xx-")
    assert _seen(found.after(62 * SECOND)) == (3, ACTIVE, "xxx")


def test_a_level_is_not_changed_twice_in_the_minimum_switching_time(edge: Build) -> None:
    found = _house(edge, 6000).write("meter1/ActivePower", -10)
    assert _seen(found.after(60 * SECOND)) == (3, ACTIVE, "xxx")
    assert _seen(found.after(SECOND)) == (0, INACTIVE, "---")


def test_what_a_battery_gives_is_not_sold(edge: Build) -> None:
    found = edge(
        ("datasource1", "Simulator.Datasource.Single.Direct", {"values": (3000,)}),
        ("meter1", "Simulator.ProductionMeter.Acting", {"datasource__id": "datasource1"}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 10_000}),
        ("heat0", "Controller.IO.HeatingElement", {"workMode": "NONE", "minimumSwitchingTime": 60}),
    )
    assert found.values["heat0/Level"] == 1
    found.write("ess0/SetActivePowerEquals", 4000).after(62 * SECOND)
    assert found.values["meter0/ActivePower"] == -7000
    assert found.values["heat0/Level"] == 2, "by 7,000 W less 4,000 W, and the 2,000 W of level 1"


@pytest.mark.parametrize(
    ("mode", "level", "seen"),
    [
        ("MANUAL_ON", "LEVEL_2", (2, ACTIVE, "xx-")),
        ("MANUAL_ON", "LEVEL_0", (0, ACTIVE, "---")),
        ("MANUAL_ON", "", (0, ACTIVE, "---")),
        ("MANUAL_OFF", "LEVEL_2", (0, INACTIVE, "---")),
    ],
)
def test_by_hand_it_has_its_default_level_or_none(
    edge: Build, mode: str, level: str, seen: tuple[int, int, str]
) -> None:
    assert _seen(_house(edge, 6000, mode=mode, defaultLevel=level)) == seen


def _timed(edge: Build, at: int, sold: int = -10, **more: Any) -> Edge:
    return _house(edge, sold, at, **{"workMode": "TIME", "minTime": 2, "endTime": "17:00", **more})


@pytest.mark.parametrize(("level", "number"), [("LEVEL_1", 1), ("LEVEL_2", 2), ("LEVEL_3", 3)])
def test_it_heats_before_the_end_time_if_the_days_minimum_would_be_missed(
    edge: Build, level: str, number: int
) -> None:
    found = _timed(edge, 14 * HOUR, defaultLevel=level)
    assert _seen(found)[:2] == (0, INACTIVE)
    assert found.values["heat0/ForceStartAtSecondsOfDay"] == 15 * 3600
    assert _seen(found.after(HOUR))[:2] == (0, INACTIVE)
    assert _seen(found.after(SECOND))[:2] == (number, FORCED)
    assert _seen(found.after(2 * HOUR - 2 * SECOND))[:2] == (number, FORCED)
    assert _seen(found.after(2 * MINUTE))[:2] == (0, INACTIVE)
    assert found.values["heat0/ForceStartAtSecondsOfDay"] is None
    assert abs(found.averages()[f"heat0/Level{number}Time"] - 7200) <= 1


def test_what_was_heated_by_the_sun_is_not_heated_again(edge: Build) -> None:
    found = _timed(edge, 8 * HOUR, sold=6000).after(20 * MINUTE)
    assert found.values["heat0/Level"] == 3
    assert abs(found.values["heat0/ForceStartAtSecondsOfDay"] - 16 * 3600) <= 180
    assert found.after(21 * MINUTE).values["heat0/ForceStartAtSecondsOfDay"] is None
    found.write("meter1/ActivePower", -10)
    assert _seen(found.after(7 * HOUR + 30 * MINUTE))[:2] == (0, INACTIVE)


def test_after_the_end_time_nothing_is_forced_and_a_new_day_begins_with_nothing(edge: Build) -> None:
    found = _timed(edge, 17 * HOUR + SECOND)
    start = "heat0/ForceStartAtSecondsOfDay"
    assert found.values[start] is None
    found.write("meter1/ActivePower", 9000).after(2 * MINUTE)
    assert found.averages()["heat0/TotalPhaseTime"] > 0
    found.write("meter1/ActivePower", -10).after(7 * HOUR)
    assert found.averages()["heat0/TotalPhaseTime"] == 0
    assert found.values[start] == 15 * 3600
    assert found.values["heat0/Level3CumulatedTime"] > 0


@pytest.mark.parametrize("end", ["", "noon", "17", "25:61"])
def test_an_end_time_of_any_form_stops_nothing(edge: Build, end: str) -> None:
    assert _timed(edge, 0, endTime=end).after(25 * HOUR).values["heat0/Level"] in range(4)


def test_the_levels_have_their_times_and_the_phases_theirs(edge: Build) -> None:
    found = _house(edge, 0, mode="MANUAL_ON", defaultLevel="LEVEL_2").after(10 * MINUTE)
    assert [found.values[f"heat0/Level{level}CumulatedTime"] for level in (1, 2, 3)] == [0, 600, 0]
    averages = found.averages()
    shown = averages["heat0/Level2Time"]
    assert 740 <= shown <= 750, "the middle of the five minutes that began at ten"
    assert [averages[f"heat0/Phase{phase}Time"] for phase in (1, 2, 3)] == [shown, shown, 0]
    assert averages["heat0/TotalPhaseTime"] in (2 * shown, 2 * shown + 1)


powers = st.lists(st.tuples(st.integers(-4000, 9000), st.integers(1, 3 * HOUR)), max_size=8)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    powers, st.integers(0, 24 * HOUR), st.sampled_from(["TIME", "NONE"]), st.sampled_from(["LEVEL_0", "LEVEL_2"])
)
def test_relays_follow_the_level_and_times_add_up(
    edge: Build, steps: list[tuple[int, int]], at: int, work: str, level: str
) -> None:
    found, counted = _house(edge, 0, at, workMode=work, defaultLevel=level, minTime=1, endTime="17:00"), 0
    for power, span in steps:
        before = found.values
        found.write("meter1/ActivePower", power).after(span)
        values = found.values
        assert found.log("io0") == "x" * values["heat0/Level"] + "-" * (3 - values["heat0/Level"])
        names = [f"heat0/Level{number}CumulatedTime" for number in (1, 2, 3)]
        assert all(values[name] >= before[name] for name in names)
        counted += span
        assert sum(values[name] for name in names) <= counted // SECOND
