"""The benchmark's own arithmetic: it must see a counter that is wrong by one."""

from __future__ import annotations

from typing import Any

import pytest

from bench.light_energy import Edge, is_right

BEGAN = 1_720_000_000_000
PROFILE = {
    "step_s": 60,
    "consumption": {"day": [1, 2, 3], "noise": 0.2},
    "production": {"sun": {"rise": "00:01", "set": "23:59"}},
}
CONSTANT = Edge({}, "edge7", BEGAN)
SHAPED = Edge({"profile": PROFILE, "seed": "s"}, "edge7", BEGAN)
MOMENTS = [BEGAN, BEGAN + 719, BEGAN + 720, BEGAN + 1_000_001, BEGAN + 7_654_321]
METERS = ["meter1/ActiveProductionEnergy", "meter2/ActiveProductionEnergy", "meter3/ActiveConsumptionEnergy"]
NEVER = ["meter1/ActiveConsumptionEnergy", "meter2/ActiveConsumptionEnergy", "meter3/ActiveProductionEnergy"]
RESTS = ["_sum/GridBuyActiveEnergy", "_sum/GridSellActiveEnergy", "_sum/EssDcDischargeEnergy"]


def counters(edge: Edge, moment: int) -> dict[str, Any]:
    """What the backend has of an edge whose battery takes all that is left."""
    values = edge.counters(moment)
    rest = values["_sum/ProductionActiveEnergy"] - values["_sum/ConsumptionActiveEnergy"]
    battery = {"_sum/EssDcChargeEnergy": max(0, rest), **dict.fromkeys(RESTS, 0)}
    return values | dict.fromkeys(NEVER, 0) | battery | {"_sum/GridBuyActiveEnergy": max(0, -rest)}


@pytest.mark.parametrize("edge", [CONSTANT, SHAPED])
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_right_counters_of_any_moment_in_the_window_are_right(edge: Edge, moment: int) -> None:
    assert is_right(counters(edge, moment), edge, range(moment - 2000, moment + 50))


def test_a_constant_power_is_counted_from_the_beginning() -> None:
    assert CONSTANT.counters(BEGAN + 3_600_000)["meter1/ActiveProductionEnergy"] == 3000
    assert CONSTANT.counters(BEGAN + 3_599_999)["_sum/ProductionActiveEnergy"] == 4999


@pytest.mark.parametrize("edge", [CONSTANT, SHAPED])
@pytest.mark.parametrize("name", METERS)
@pytest.mark.parametrize("error", [1, -1])
def test_one_watt_hour_of_a_meter_too_many_or_too_few_is_seen(edge: Edge, name: str, error: int) -> None:
    moment = MOMENTS[-1]
    values = counters(edge, moment)
    values[name] += error
    assert not is_right(values, edge, range(moment, moment + 50))


@pytest.mark.parametrize("name", NEVER)
def test_what_a_meter_counts_the_wrong_way_round_is_seen(name: str) -> None:
    moment = MOMENTS[-1]
    assert not is_right(counters(CONSTANT, moment) | {name: 1}, CONSTANT, range(moment, moment + 50))


@pytest.mark.parametrize("name", ["_sum/EssDcChargeEnergy", *RESTS])
@pytest.mark.parametrize("error", [4, -4])
def test_what_comes_in_and_does_not_go_out_is_seen(name: str, error: int) -> None:
    values = counters(CONSTANT, MOMENTS[-1])
    values[name] += error
    assert not is_right(values, CONSTANT, range(MOMENTS[-1] - 2000, MOMENTS[-1] + 50))


def test_counters_of_another_time_are_wrong() -> None:
    assert not is_right(
        counters(CONSTANT, BEGAN + 7_654_321), CONSTANT, range(BEGAN + 7_660_000, BEGAN + 7_662_000)
    )


def test_a_counter_that_is_missing_is_wrong() -> None:
    values = counters(CONSTANT, MOMENTS[-1])
    del values[METERS[1]]
    assert not is_right(values, CONSTANT, range(MOMENTS[-1] - 10, MOMENTS[-1] + 10))
