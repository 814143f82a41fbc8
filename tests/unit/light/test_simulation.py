from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.light import components, simulation
from edge_tasks.light.simulation import Battery, Datasource, Plant, Simulation

HOUR = 3_600_000
Make: TypeAlias = Callable[..., components.Component]

powers = st.integers(-20_000, 20_000)
sources = st.builds(
    Datasource, st.lists(powers, max_size=4).map(tuple), st.sampled_from([0, 20_000, 60_000, 900_000])
)
batteries = st.builds(
    Battery,
    id=st.just("ess0"),
    capacity=st.integers(0, 20_000),
    initial_soc=st.integers(0, 100),
    max_power=st.integers(0, 20_000),
    min_soc=st.integers(0, 100),
    target=st.none() | powers,
)
plants = st.builds(
    lambda made, used, battery: Plant((("meter1", made),), (("meter3", used),), ("meter0",), (battery,)),
    sources,
    sources,
    batteries,
)
steps = st.lists(st.integers(0, 2 * HOUR), max_size=8)


@settings(deadline=None)
@given(plants, steps)
def test_power_is_always_balanced(plant: Plant, widths: list[int]) -> None:
    model = Simulation(plant, 0)
    for width in widths:
        model.advance(model.now + width)
        flows = model.powers
        assert flows["meter0"] == flows["meter3"] - flows["meter1"] - flows["ess0"]


@settings(deadline=None)
@given(plants, steps)
def test_counters_never_fall_and_soc_keeps_its_bounds(plant: Plant, widths: list[int]) -> None:
    model = Simulation(plant, 0)
    (battery,) = plant.batteries
    before = dict(model.memory().energies)
    for width in widths:
        model.advance(model.now + width)
        after = model.memory().energies
        assert all(after[key][0] >= old[0] and after[key][1] >= old[1] for key, old in before.items())
        assert 0 <= model.charge(battery) <= battery.full
        assert 0 <= model.soc(battery) <= 100
        before = dict(after)


@settings(deadline=None)
@given(plants, steps)
def test_the_step_width_changes_no_energy(plant: Plant, widths: list[int]) -> None:
    one, many = Simulation(plant, 0), Simulation(plant, 0)
    for width in widths:
        many.advance(many.now + width)
    one.advance(sum(widths))
    assert one.memory() == many.memory()


def test_the_stock_template_charges_until_full_then_sells(stock: components.Configuration) -> None:
    model = Simulation(simulation.plant_of(stock.components), 0)
    assert {key: model.powers[key] for key in ("meter0", "meter1", "meter2", "meter3", "ess0")} == {
        "meter0": 0,
        "meter1": 3000,
        "meter2": 2000,
        "meter3": 500,
        "ess0": -4500,
    }
    model.advance(10 * HOUR)
    assert (model.powers["ess0"], model.powers["meter0"]) == (0, -4500)
    assert model.soc(model.plant.batteries[0]) == 100
    assert model.energy("meter1") == (30_000, 0)
    assert model.energy("ess0")[1] in (6999, 7000)


def _house(make: Make, *more: components.Component, **ess: Any) -> Simulation:
    parts = [
        make("datasource0", "Simulator.Datasource.Single.Direct", values=(1000, 3000), timeDelta=60),
        make("meter3", "Simulator.NRCMeter.Acting", datasource__id="datasource0"),
        make("meter0", "Simulator.GridMeter.Reacting"),
        make("ess0", "Simulator.EssSymmetric.Reacting", capacity=1000, initialSoc=20, **ess),
        *more,
    ]
    return Simulation(simulation.plant_of(parts), 0)


def test_without_balancing_the_battery_stands_still(component: Make) -> None:
    off = component("ctrlBalancing0", "Controller.Symmetric.Balancing", ess__id="ess0", enabled=False)
    for model in (_house(component), _house(component, off)):
        assert (model.powers["ess0"], model.powers["meter0"]) == (0, 1000)


def test_a_datasource_steps_and_begins_anew(component: Make) -> None:
    model = _house(component)
    seen = []
    for _ in range(3):
        seen.append(model.powers["meter3"])
        model.advance(model.now + 60_000)
    assert seen == [1000, 3000, 1000]


def test_discharging_stops_at_the_limit(component: Make) -> None:
    balancing = component("ctrlBalancing0", "Controller.Symmetric.Balancing", ess__id="ess0")
    limit = component("limit0", "Controller.Ess.LimitTotalDischarge", ess__id="ess0", minSoc=15)
    model = _house(component, balancing, limit, maxApparentPower=500)
    assert (model.powers["ess0"], model.powers["meter0"]) == (500, 500)
    model.advance(HOUR)
    assert model.soc(model.plant.batteries[0]) == 15
    assert model.energy("ess0") == (50, 0)


def test_a_clock_set_back_and_a_new_configuration_keep_the_counters(component: Make) -> None:
    model = _house(component)
    model.advance(HOUR)
    model.advance(0)
    successor = Simulation(model.plant, HOUR, model.memory())
    assert successor.energy("meter0") == model.energy("meter0") == (2000, 0)


def test_what_is_not_simulated_is_said(stock: components.Configuration) -> None:
    assert simulation.unsimulated(stock.components) == (
        "Controller.CHP.SoC",
        "Controller.IO.ChannelSingleThreshold",
        "Controller.IO.HeatingElement",
        "Simulator.IO.DigitalInputOutput",
    )


@settings(deadline=None)
@given(plants, steps, st.integers(0, HOUR), st.integers(0, HOUR))
def test_who_is_killed_counts_again_what_was_not_kept(
    plant: Plant, widths: list[int], unkept: int, away: int
) -> None:
    model = Simulation(plant, 1_795_471_735_000)
    for width in widths:
        model.advance(model.now + width)
    kept = model.memory()
    model.advance(model.now + unkept)
    back = Simulation(plant, model.now + away, kept)
    back.advance(model.now + away)
    model.advance(model.now + away)
    assert back.memory() == model.memory()
