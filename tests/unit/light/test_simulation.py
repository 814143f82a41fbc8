from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.devices.balancing import Balancing
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.engine.pid_filter import DEFAULT
from edge_tasks.light.engine.plant import Battery, Plant
from edge_tasks.light.engine.simulation import AT_ONCE, Simulation
from edge_tasks.openems import configuration
from edge_tasks.openems.sources import Datasource

HOUR = 3_600_000
Make: TypeAlias = Callable[..., configuration.Component]

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
    controls=st.just(()) | st.tuples(st.builds(Balancing, st.just("ess0"), powers)),
)
plants = st.builds(
    lambda made, used, battery, gains: Plant(
        (("meter1", made),), (("meter3", used),), ("meter0",), (battery,), gains
    ),
    sources,
    sources,
    batteries,
    st.sampled_from([DEFAULT, None]),
)
steps = st.lists(st.integers(0, 2 * HOUR), max_size=8)


@settings(deadline=None)
@given(plants, steps)
def test_power_is_always_balanced(plant: Plant, widths: list[int]) -> None:
    model = Simulation(plant, 0)
    for width in widths:
        model.advance(model.now + width)
        assert model.power("meter0") == model.power("meter3") - model.power("meter1") - model.power("ess0")


@settings(deadline=None)
@given(plants, steps)
def test_counters_never_fall_and_soc_keeps_its_bounds(plant: Plant, widths: list[int]) -> None:
    model = Simulation(plant, 0)
    (battery,) = plant.batteries
    before = dict(model.memory().settled().energies)
    for width in widths:
        model.advance(model.now + width)
        after = model.memory().settled().energies
        assert all(after[key][0] >= old[0] and after[key][1] >= old[1] for key, old in before.items())
        assert 0 <= model.charges()[0] <= battery.full
        assert all(0 <= soc <= 100 for soc in model.socs())
        before = dict(after)


@settings(deadline=None)
@given(plants, steps)
def test_the_step_width_changes_no_energy(plant: Plant, widths: list[int]) -> None:
    one, many = Simulation(plant, 0), Simulation(plant, 0)
    for width in widths:
        many.advance(many.now + width)
    one.advance(sum(widths))
    assert one.memory() == many.memory()


@settings(deadline=None)
@given(plants, st.integers(1, HOUR))
def test_a_state_of_charge_stands_as_long_as_is_said(plant: Plant, after: int) -> None:
    model = Simulation(plant, 0)
    model.advance(after)
    socs, until, turns = model.socs(), model.socs_until(), model.turns
    model.advance(min(until - 1, after + HOUR))
    assert model.turns > turns or model.socs() == socs


@settings(deadline=None)
@given(plants, st.integers(0, HOUR), st.integers(0, HOUR))
def test_a_meter_that_was_taken_away_counts_on_when_it_comes_back(
    plant: Plant, before: int, without: int
) -> None:
    model = Simulation(plant, 0)
    model.advance(before)
    counted = model.energy("meter3")
    smaller = Simulation(replace(plant, consumers=()), before, model.memory().settled())
    smaller.advance(before + without)
    back = Simulation(plant, before + without, smaller.memory().settled())
    assert back.energy("meter3") == counted
    assert back.memory().energies.keys() == model.memory().energies.keys()


def _at_once(plant: Plant) -> Plant:
    return replace(plant, gains=None)


def test_the_stock_template_charges_until_full_then_sells(stock: configuration.Configuration) -> None:
    model = Simulation(DEVICES.plant(stock.components), 0)
    assert model.power("ess0") == 0
    model.advance(60_000)
    assert {key: model.power(key) for key in ("meter0", "meter1", "meter2", "meter3", "ess0")} == {
        "meter0": 0,
        "meter1": 3000,
        "meter2": 2000,
        "meter3": 500,
        "ess0": -4500,
    }
    model.advance(10 * HOUR)
    assert (model.power("ess0"), model.power("meter0")) == (0, -4500)
    assert model.socs() == (100, 100)
    assert model.energy("meter1") == (30_000, 0)
    assert model.energy("ess0")[1] == 6950  # from 30 % to 99.5 %, which are rounded to 100


def test_a_battery_follows_at_once_where_its_filter_is_switched_off(stock: configuration.Configuration) -> None:
    assert Simulation(_at_once(DEVICES.plant(stock.components)), 0).power("ess0") == -4500


def _house(make: Make, *more: configuration.Component, **ess: Any) -> Simulation:
    parts = [
        make("datasource0", "Simulator.Datasource.Single.Direct", values=(1000, 3000), timeDelta=60),
        make("meter3", "Simulator.NRCMeter.Acting", datasource__id="datasource0"),
        make("meter0", "Simulator.GridMeter.Reacting"),
        make("ess0", "Simulator.EssSymmetric.Reacting", capacity=1000, initialSoc=20, **ess),
        *more,
    ]
    return Simulation(_at_once(DEVICES.plant(parts)), 0)


def test_without_balancing_the_battery_stands_still(component: Make) -> None:
    off = component("ctrlBalancing0", "Controller.Symmetric.Balancing", ess__id="ess0", enabled=False)
    for model in (_house(component), _house(component, off)):
        assert (model.power("ess0"), model.power("meter0")) == (0, 1000)


def test_a_datasource_steps_and_starts_again(component: Make) -> None:
    model = _house(component)
    seen = []
    for _ in range(3):
        seen.append(model.power("meter3"))
        model.advance(model.now + 60_000)
    assert seen == [1000, 3000, 1000]


def test_discharging_stops_at_the_limit(component: Make) -> None:
    balancing = component("ctrlBalancing0", "Controller.Symmetric.Balancing", ess__id="ess0")
    limit = component("limit0", "Controller.Ess.LimitTotalDischarge", ess__id="ess0", minSoc=15)
    model = _house(component, balancing, limit, maxApparentPower=500)
    assert (model.power("ess0"), model.power("meter0")) == (500, 500)
    model.advance(HOUR)
    assert model.socs() == (15, 15)
    assert model.energy("ess0") == (45, 0)  # 15.5 % are the first that count as 15 %


def test_a_clock_set_back_and_a_new_configuration_keep_the_counters(component: Make) -> None:
    model = _house(component)
    model.advance(HOUR)
    model.advance(0)
    successor = Simulation(model.plant, HOUR, model.memory().settled())
    assert successor.energy("meter0") == model.energy("meter0") == (2000, 0)


def test_what_is_not_simulated_is_said(stock: configuration.Configuration) -> None:
    other = configuration.Component("pump0", "Some.HeatPump", "Some.HeatPump.pump0", "", {})
    assert DEVICES.unsimulated(stock.components) == ()
    assert DEVICES.unsimulated([*stock.components, other]) == ("Some.HeatPump",)


@settings(deadline=None)
@given(plants, steps, st.integers(0, HOUR // 2), st.integers(0, HOUR // 2))
def test_a_killed_host_counts_again_what_was_not_kept(
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


def test_who_was_away_for_long_finds_its_battery_where_it_was_led(stock: configuration.Configuration) -> None:
    plant = DEVICES.plant(stock.components)
    model = Simulation(plant, 0)
    model.advance(10_000)
    back = Simulation(plant, AT_ONCE + 20_000, model.memory())
    assert back.power("ess0") == model.power("ess0") > -4500
    back.advance(11_000)
    assert (back.power("ess0"), back.power("meter0")) == (-4500, 0)
    back.advance(AT_ONCE + 20_000)
    assert back.energy("meter1") == (3016, 0)


def test_a_written_power_holds_until_its_end_and_is_counted_exactly(component: Make) -> None:
    model = _house(component)
    model.advance(10_000)
    model.command(Command("meter3/ActivePower", 4000, 20_000))
    assert (model.power("meter3"), model.power("meter0")) == (4000, 4000)
    model.command(Command("meter3/ActivePower", 5000, 20_000))
    kept = model.memory()
    model.advance(30_000)
    assert model.power("meter3") == 1000
    assert model.counter(0) == (10 * 1000 + 10 * 5000 + 10 * 1000) * 1000
    back = Simulation(model.plant, 30_000, kept)
    back.advance(30_000)
    assert back.memory() == model.memory()


def test_a_battery_gives_what_was_written_and_then_balances_again(component: Make) -> None:
    balancing = component("ctrlBalancing0", "Controller.Symmetric.Balancing", ess__id="ess0")
    model = _house(component, balancing, maxApparentPower=500)
    model.command(Command("ess0/SetActivePowerEquals", -300, 5000))
    assert (model.power("ess0"), model.power("meter0")) == (-300, 1300)
    model.advance(5000)
    assert (model.power("ess0"), model.power("meter0")) == (500, 500)
