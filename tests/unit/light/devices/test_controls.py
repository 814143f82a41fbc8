"""Controllers of a battery's power, and the order in which what they ask for counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

HOUR = 3_600_000
BALANCING: Part = ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"})


def _edge(edge: Build, used: int, *controls: Part, pid_filter: bool = False) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 10_000, "maxApparentPower": 8000}),
        *controls,
        pid_filter=pid_filter,
    )


def _power(edge: Build, used: int, *controls: Part) -> int:
    return int(_edge(edge, used, *controls).values["ess0/ActivePower"])


def _fixed(power: int, own_id: str = "ctrlFixActivePower0", **properties: Any) -> Part:
    return own_id, "Controller.Ess.FixActivePower", {"ess__id": "ess0", "power": power, **properties}


def _limited(charge: int, discharge: int, own_id: str = "aLimit0", **properties: Any) -> Part:
    limits = {"maxChargePower": charge, "maxDischargePower": discharge}
    return own_id, "Controller.Symmetric.LimitActivePower", {"ess__id": "ess0", **limits, **properties}


@pytest.mark.parametrize(
    ("used", "given"),
    [(5000, 2000), (3001, 1), (3000, 0), (2000, 0), (1000, 0), (999, -1), (-1500, -2500), (20_000, 8000)],
)
def test_peak_shaving_cuts_what_is_above_the_peak_and_recharges_below(edge: Build, used: int, given: int) -> None:
    shaving = {"ess__id": "ess0", "meter__id": "meter0", "peakShavingPower": 3000, "rechargePower": 1000}
    assert _power(edge, used, ("ctrlPeakShaving0", "Controller.Symmetric.PeakShaving", shaving)) == given


@pytest.mark.parametrize(
    ("properties", "given"),
    [
        ({}, -700),
        ({"mode": "MANUAL_OFF"}, 0),
        ({"relationship": "LESS_OR_EQUALS"}, -700),
        ({"relationship": "GREATER_OR_EQUALS"}, 0),
        ({"ess__id": "ess9"}, 0),
        ({"power": 90_000}, 8000),
    ],
)
def test_a_fixed_power_is_there_unless_it_is_off(edge: Build, properties: dict[str, Any], given: int) -> None:
    assert _power(edge, 500, _fixed(**{"power": -700, **properties})) == given


def test_a_fixed_power_is_there_at_once_and_balancing_by_the_filter(edge: Build) -> None:
    assert _edge(edge, 500, _fixed(-700), pid_filter=True).values["ess0/ActivePower"] == -700
    assert _edge(edge, 500, BALANCING, pid_filter=True).values["ess0/ActivePower"] == 0


def test_a_written_power_is_there_at_once(edge: Build) -> None:
    found = _edge(edge, 500, BALANCING, pid_filter=True).write("ess0/SetActivePowerEquals", -700)
    assert found.values["ess0/ActivePower"] == -700


@pytest.mark.parametrize(("mode", "seconds"), [("MANUAL_ON", 3600), ("MANUAL_OFF", 0)])
def test_the_time_of_a_fixed_power_is_counted_while_it_is_on(edge: Build, mode: str, seconds: int) -> None:
    values = _edge(edge, 500, _fixed(100, mode=mode)).after(HOUR).values
    assert values["ctrlFixActivePower0/CumulatedActiveTime"] == seconds


@pytest.mark.parametrize(("used", "given"), [(5000, 300), (200, 200), (-100, -100), (-5000, -400)])
def test_a_limit_keeps_balancing_within_it(edge: Build, used: int, given: int) -> None:
    assert _power(edge, used, _limited(400, 300), BALANCING) == given


def test_a_limit_alone_asks_for_nothing(edge: Build) -> None:
    assert _power(edge, 5000, _limited(400, 300)) == 0


def test_a_limit_out_of_the_batterys_range_is_its_end(edge: Build) -> None:
    assert _power(edge, 9000, _limited(90_000, 90_000), BALANCING) == 8000


def test_what_comes_later_has_no_say_once_a_power_is_fixed(edge: Build) -> None:
    assert _power(edge, 500, BALANCING, _fixed(-700)) == 500
    assert _power(edge, 500, BALANCING, _fixed(-700, "aFix0")) == -700
    assert _power(edge, 5000, BALANCING, _limited(0, 300, "zLimit0")) == 5000
    assert _power(edge, 500, BALANCING, _fixed(-700, "aFix0", mode="MANUAL_OFF")) == 500


def test_two_limits_leave_what_both_allow(edge: Build) -> None:
    less = _fixed(200, "bFix0", relationship="LESS_OR_EQUALS")
    assert _power(edge, 5000, _limited(400, 300), less, BALANCING) == 200
    more = _fixed(100, "bFix0", relationship="GREATER_OR_EQUALS")
    assert _power(edge, -5000, _limited(400, 300), more, BALANCING) == 100


@pytest.mark.parametrize(
    ("scheduler", "given"),
    [
        ("Scheduler.AllAlphabetically", -700),
        ("Scheduler.FixedOrder", -700),
    ],
)
def test_the_scheduler_says_what_comes_first(edge: Build, scheduler: str, given: int) -> None:
    order = ("scheduler0", scheduler, {"controllers__ids": ("ctrlFixActivePower0", "ctrlBalancing0")})
    assert _power(edge, 500, BALANCING, _fixed(-700), order) == given


def test_a_fixed_order_runs_no_other_controller(edge: Build) -> None:
    order = {"controllers__ids": ("ctrlDebugLog0",)}
    assert _power(edge, 500, BALANCING, ("scheduler0", "Scheduler.FixedOrder", order)) == 0
    assert _power(edge, 500, BALANCING, ("scheduler0", "Scheduler.AllAlphabetically", order)) == 500
