"""The benchmark's own arithmetic: it must see a counter that is wrong by one."""

from __future__ import annotations

import pytest

from bench.light_energy import is_right

HOUR = 3_600_000
POWERS = {"meter1": 3000, "meter2": 2000, "meter3": 500}


def counters(elapsed: int) -> dict[str, int]:
    """A stock edge after so many ms, whose battery takes all that is left."""
    values = {f"{key}/ActiveProductionEnergy": power * elapsed // HOUR for key, power in POWERS.items()}
    values |= {f"{key}/ActiveConsumptionEnergy": 0 for key in POWERS}
    sums = {
        "ProductionActiveEnergy": 5000,
        "ConsumptionActiveEnergy": 500,
        "EssDcChargeEnergy": 4500,
        **dict.fromkeys(("GridBuyActiveEnergy", "GridSellActiveEnergy", "EssDcDischargeEnergy"), 0),
    }
    return values | {f"_sum/{name}": power * elapsed // HOUR for name, power in sums.items()}


@pytest.mark.parametrize("elapsed", [0, 719, 720, 1_000_001, 7_654_321])
def test_the_right_counters_of_any_moment_in_the_window_are_right(elapsed: int) -> None:
    assert is_right(counters(elapsed), range(elapsed - 2000, elapsed + 50))


@pytest.mark.parametrize("name", [name for name in counters(0) if name.startswith("meter")])
@pytest.mark.parametrize("error", [1, -1])
def test_one_watt_hour_of_a_meter_too_many_or_too_few_is_seen(name: str, error: int) -> None:
    values = counters(7_654_321)
    values[name] += error
    assert not is_right(values, range(7_654_321, 7_654_371))


@pytest.mark.parametrize("name", [name for name in counters(0) if name.startswith("_sum")])
@pytest.mark.parametrize("error", [8, -8])
def test_what_comes_in_and_does_not_go_out_is_seen(name: str, error: int) -> None:
    values = counters(7_654_321)
    values[name] += error
    assert not is_right(values, range(7_652_321, 7_654_371))


def test_counters_of_another_time_are_wrong() -> None:
    assert not is_right(counters(7_654_321), range(7_660_000, 7_662_000))


def test_a_counter_that_is_missing_is_wrong() -> None:
    values = counters(7_654_321)
    del values["meter2/ActiveProductionEnergy"]
    assert not is_right(values, range(7_652_321, 7_654_371))
