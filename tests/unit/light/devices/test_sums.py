"""What an edge adds up of its devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge, Part

MINUTE = 60_000
powers = st.integers(-20_000, 20_000)


def _house(edge: Build, made: int, used: int) -> Edge:
    return edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", {"values": (used,)}),
        ("datasource1", "Simulator.Datasource.Single.Direct", {"values": (made,)}),
        ("meter0", "Simulator.GridMeter.Reacting", {}),
        ("meter1", "Simulator.ProductionMeter.Acting", {"datasource__id": "datasource1"}),
        ("meter2", "Simulator.ProductionMeter.Acting", {"datasource__id": "datasource1"}),
        ("meter3", "Simulator.NRCMeter.Acting", {"datasource__id": "datasource0"}),
        ("ess0", "Simulator.EssSymmetric.Reacting", {"capacity": 5000}),
        ("ctrlBalancing0", "Controller.Symmetric.Balancing", {}),
    )


@given(made=powers, used=powers, steps=st.lists(st.integers(1, 90 * MINUTE), max_size=5))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_powers_and_energies_add_up(edge: Build, made: int, used: int, steps: list[int]) -> None:
    found = _house(edge, made, used)
    for step in (0, *steps):
        values = {name.removeprefix("_sum/"): value for name, value in found.after(step).values.items()}
        assert values["ProductionActivePower"] == values["meter1/ActivePower"] + values["meter2/ActivePower"]
        assert values["ConsumptionActivePower"] == values["meter3/ActivePower"]
        assert values["EssActivePower"] == values["ess0/ActivePower"]
        assert values["GridActivePower"] == values["meter0/ActivePower"]
        assert (
            values["GridActivePower"] + values["ProductionActivePower"] + values["EssActivePower"]
            == values["ConsumptionActivePower"]
        )
        net = dict(zip(found.model.plant.ids, found.simulation.net(), strict=True))
        assert net["_grid"] + net["_production"] + net["_ess"] == net["_consumption"]


def test_its_counters_are_those_of_its_devices(edge: Build) -> None:
    values = _house(edge, 1000, 500).after(60 * MINUTE).values
    assert values["_sum/ProductionActiveEnergy"] == values["_sum/ProductionAcActiveEnergy"] == 2000
    assert values["_sum/ConsumptionActiveEnergy"] == values["meter3/ActiveConsumptionEnergy"] == 500
    assert values["_sum/EssActiveChargeEnergy"] == values["_sum/EssDcChargeEnergy"] == 1500
    assert (values["_sum/GridBuyActiveEnergy"], values["_sum/EssSoc"]) == (0, 80)


def test_the_extremes_of_a_power_are_kept(edge: Build) -> None:
    values = _house(edge, 1000, 500).write("meter1/ActivePower", 9000).write("meter1/ActivePower", 10).values
    assert values["_sum/ProductionMaxActivePower"] == 10_000
    assert (values["_sum/GridMinActivePower"], values["_sum/GridMaxActivePower"]) == (-4500, 0)


def test_without_devices_it_knows_nothing(edge: Build) -> None:
    values = edge().values
    empty = ["GridActivePower", "GridBuyActiveEnergy", "EssSoc", "EssCapacity", "EssActiveChargeEnergy"]
    assert [values[f"_sum/{name}"] for name in empty] == [None] * len(empty)
    none = [
        "ProductionActivePower",
        "ProductionAcActivePowerL1",
        "ProductionActiveEnergy",
        "ConsumptionActivePower",
    ]
    assert [values[f"_sum/{name}"] for name in none] == [None] * len(none)
    assert values["_sum/ConsumptionActiveEnergy"] == values["_sum/ProductionMaxActivePower"] == 0


def test_without_a_producer_the_production_is_null_and_the_consumption_is_known(edge: Build) -> None:
    """Only what has a value is added up: ``CalculateIntegerSum.java`` of OpenEMS 2024.7.0."""
    values = edge(("meter0", "Simulator.GridMeter.Reacting", {})).values
    production = [
        value for name, value in values.items() if name.startswith("_sum/Production") and "Max" not in name
    ]
    assert set(production) == {None}
    consumption = ["ConsumptionActivePower", "ConsumptionActivePowerL1", "UnmanagedConsumptionActivePower"]
    assert [values[f"_sum/{name}"] for name in consumption] == [0, 0, 0]


def test_an_edge_that_gets_a_second_battery_or_loses_it_counts_on(edge: Build) -> None:
    def with_batteries(*socs: int) -> Edge:
        batteries: list[Part] = [
            (f"ess{number}", "Simulator.EssSymmetric.Reacting", {"capacity": 5000, "initialSoc": soc})
            for number, soc in enumerate(socs)
        ]
        return edge(("meter0", "Simulator.GridMeter.Reacting", {}), *batteries)

    def seen(found: Edge) -> list[int]:
        return [found.values[f"_sum/EssActive{name}Energy"] for name in ("Charge", "Discharge")]

    one, two = with_batteries(50), with_batteries(50, 50)
    memory = one.write("ess0/SetActivePowerEquals", -500).after(60 * MINUTE).simulation.memory().settled()
    two.simulation = Simulation(two.model.plant, 60 * MINUTE, memory)
    assert seen(two) == [500, 0]
    two.write("ess0/SetActivePowerEquals", -500).write("ess1/SetActivePowerEquals", 400).after(60 * MINUTE)
    assert seen(two) == [1000, 400]
    one.simulation = Simulation(one.model.plant, 120 * MINUTE, two.simulation.memory().settled())
    assert seen(one) == [1000, 400]


def test_a_counter_that_was_reset_is_not_undone_by_another_one() -> None:
    """``_ess`` is what all batteries give less what they take. It is not shown if there are several."""
    several = Memory({"_ess": (900, 800), "_ess_given": (50, 0), "_ess_taken": (0, 60)}, {})
    assert (several.energy("_ess_given"), several.energy("_ess_taken")) == ((50, 0), (0, 60))
    assert several.energy("_ess") == (50, 60)
    assert several.energies_beyond({"_ess"}) == {}, "with one battery, they do not come back"
    one = Memory({"_ess": (900, 800)}, {})
    assert (one.energy("_ess_given")[0], one.energy("_ess_taken")[1]) == (900, 800)
