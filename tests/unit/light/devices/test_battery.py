"""The battery, and the controllers that lead it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.engine.plant import Battery, Plant

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

HOUR = 3_600_000
BALANCING: Part = ("ctrlBalancing0", "Controller.Symmetric.Balancing", {"ess__id": "ess0"})


def _battery(edge: Build, *controls: Part, used: int = 500, **ess: Any) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 1000, "initialSoc": 50, **ess}),
        *controls,
    )


def test_without_a_controller_it_stands_still(edge: Build) -> None:
    values = _battery(edge).after(HOUR).values
    assert (values["ess0/ActivePower"], values["ess0/Soc"], values["meter0/ActivePower"]) == (0, 50, 500)


def test_balancing_has_it_give_what_is_used_until_it_is_empty(edge: Build) -> None:
    found = _battery(edge, BALANCING)
    values = found.values
    assert (values["ess0/ActivePower"], values["meter0/ActivePower"]) == (500, 0)
    assert (values["ess0/AllowedChargePower"], values["ess0/AllowedDischargePower"]) == (-1000, 1000)
    values = found.after(2 * HOUR).values
    assert (values["ess0/ActivePower"], values["meter0/ActivePower"]) == (0, 500)
    assert (values["ess0/Soc"], values["ess0/AllowedDischargePower"]) == (0, 0)
    assert (values["ess0/ActiveDischargeEnergy"], values["ess0/ActiveChargeEnergy"]) == (495, 0)


def test_balancing_has_it_take_what_is_produced_until_it_is_full(edge: Build) -> None:
    values = _battery(edge, BALANCING, used=-500).after(2 * HOUR).values
    assert (values["ess0/Soc"], values["ess0/AllowedChargePower"]) == (100, 0)
    assert (values["ess0/ActiveDischargeEnergy"], values["ess0/ActiveChargeEnergy"]) == (0, 495)


@pytest.mark.parametrize(("used", "soc", "charge"), [(500, 0, 4_999), (-500, 100, 995_000)])
def test_it_stops_where_its_state_of_charge_is_rounded_to_empty_or_full(
    edge: Build, used: int, soc: int, charge: int
) -> None:
    """By ``SimulatorEssSymmetricReactingImpl.applyPower`` of OpenEMS 2024.7.0: from 99.5 and below 0.5 %."""
    simulation = _battery(edge, BALANCING, used=used).after(2 * HOUR).simulation
    assert simulation.socs() == (soc, soc)
    assert simulation.charges()[0] // 3600 == charge


@given(st.integers(1, 100_000), st.integers(0, 100), st.integers(-20_000, 20_000).filter(bool))
def test_it_lasts_until_the_first_millisecond_at_which_it_is_full_or_empty(
    capacity: int, percent: int, power: int
) -> None:
    battery = Battery("ess0", capacity, 0, 0)
    charge = battery.full * percent // 100
    lasts = battery.lasts(charge, power)
    end = 100 if power < 0 else 0
    plant = Plant((), (), (), (battery,))
    assert lasts == 0 or plant.socs([charge - power * lasts])[0] == end
    assert lasts == 0 or plant.socs([charge - power * (lasts - 1)])[0] != end
    assert (lasts == 0) == (plant.socs([charge])[0] == end)


def test_balancing_keeps_the_grid_at_its_target(edge: Build) -> None:
    own_id, pid, properties = BALANCING
    values = _battery(edge, (own_id, pid, {**properties, "targetGridSetpoint": 200})).values
    assert (values["ess0/ActivePower"], values["meter0/ActivePower"]) == (300, 200)


@pytest.mark.parametrize("properties", [{"ess__id": "ess9"}, {"ess__id": "ess0", "enabled": False}])
def test_a_controller_of_another_battery_or_one_that_is_off_does_nothing(
    edge: Build, properties: dict[str, Any]
) -> None:
    assert _battery(edge, (*BALANCING[:2], properties)).values["ess0/ActivePower"] == 0


@pytest.mark.parametrize(("limits", "soc"), [((20,), 20), ((20, 30), 30), ((None,), 15), ((120,), 50)])
def test_the_highest_limit_ends_discharging(edge: Build, limits: tuple[int | None, ...], soc: int) -> None:
    controllers = [
        (
            f"limit{number}",
            "Controller.Ess.LimitTotalDischarge",
            {} if limit is None else {"minSoc": limit},
        )
        for number, limit in enumerate(limits)
    ]
    assert _battery(edge, BALANCING, *controllers).after(HOUR).values["ess0/Soc"] == soc


def test_what_is_configured_is_in_its_channels(edge: Build) -> None:
    values = _battery(edge, maxApparentPower=400).values
    assert (values["ess0/Capacity"], values["ess0/MaxApparentPower"]) == (1000, 400)


def test_what_is_written_comes_before_balancing(edge: Build) -> None:
    values = _battery(edge, BALANCING).write("ess0/SetActivePowerEquals", -300).values
    assert (values["ess0/ActivePower"], values["ess0/DebugSetActivePower"]) == (-300, -300)
    assert values["meter0/ActivePower"] == 800


def test_a_filter_leads_it_there_unless_it_is_switched_off(edge: Build) -> None:
    parts: tuple[Part, ...] = (
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (500,)}),
        ("meter3", "Simulator.NRCMeter.Acting", {}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 10_000}),
        BALANCING,
    )
    slow = edge(*parts, pid_filter=True)
    assert slow.values["ess0/ActivePower"] == 0
    assert 0 < slow.after(5000).values["ess0/ActivePower"] < 500
    assert slow.after(60_000).values["ess0/ActivePower"] == 500
    assert edge(*parts, pid_filter=False).values["ess0/ActivePower"] == 500


def test_the_filters_gains_are_those_of_its_configuration(edge: Build) -> None:
    gains = edge(("_power", "Ess.Power", {"p": 1, "i": "0.5"})).model.plant.gains
    assert gains is not None
    assert (gains.p, gains.i, gains.d) == (1.0, 0.5, 0.1)
