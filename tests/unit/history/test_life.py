"""A past in arrays is what a light edge's own simulation lives through, channel by channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.history import samples
from edge_tasks.history.life import Life
from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.plant import WMS_PER_WH, Plant
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.openems.configuration import Component
from edge_tasks.openems.load_curve import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.wire.model import Model
    from edge_tasks.openems import felix
    from edge_tasks.openems.sources import Source

BEGIN = 1_761_951_600_000
DAY = 86_400_000
QUARTER = 900_000
HOUSE = {
    "step_s": 300,
    "utc_offset_min": 60,
    "consumption": {"day": [1, 1, 1, 4, 5, 3, 2, 6, 8, 3], "weekend": [2, 6], "scale": [0.5, 1.7], "noise": 0.4},
    "production": {"sun": {"rise": "06:00", "set": "20:00"}, "noise": 0.1, "clouds": [0.03, 0.75]},
}


def sources_of(plant: Plant, content: object, key: str) -> list[Source]:
    profile = Profile.of(content)
    kinds = (("production", plant.producers), ("consumption", plant.consumers))
    return [
        profile.source(kind, datasource.at(0), f"{key}/{meter}") or datasource.since(BEGIN)  # type: ignore[arg-type]
        for kind, meters in kinds
        for meter, datasource in meters
    ]


def lived(life: Life, channels: Channels, moments: list[int], end: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for begin, until, stretch in life.stretches(end, QUARTER):
        asked = [moment for moment in moments if begin <= moment < until]
        for name, values in samples.values(stretch, channels, np.array(asked, np.int64)).items():
            found.setdefault(name, []).extend(values.tolist())
    return found


def simulated(simulation: Simulation, channels: Channels, moments: list[int]) -> dict[str, list[int]]:
    """The channels that follow the simulation, as a light edge sends them."""
    found: dict[str, list[int]] = {}
    for moment in moments:
        simulation.advance(moment)
        pairs = [
            (reading.text, reading.read(simulation, simulation.powers) or 0) for reading in channels.readings
        ]
        pairs += [
            (text, simulation.counter(place) // WMS_PER_WH)
            for place, text in channels.counted
            if place < 2 * simulation.plant.devices
        ]
        pairs += zip(channels.levels, simulation.socs(), strict=True)
        for text, value in pairs:
            for name in text.names:
                found.setdefault(name, []).append(value)
    return found


def assert_same(found: dict[str, list[int]], expected: dict[str, list[int]]) -> None:
    """All channels but those of states."""
    states = {name for name in expected if name.startswith(("ctrl", "io")) or name.endswith("/State")}
    assert {name: found[name] for name in expected.keys() - states} == {
        name: values for name, values in expected.items() if name not in states
    }
    assert len(expected.keys() - states) > 60


def at_once(plant: Plant, sources: list[Source]) -> Simulation:
    return Simulation(replace(plant, gains=None), BEGIN, shaped=sources)


def test_ten_days_of_a_household_are_those_of_the_simulation(stock: Model) -> None:
    sources = sources_of(stock.plant, HOUSE, "seed/edge3")
    moments = list(range(BEGIN, BEGIN + 10 * DAY, QUARTER))
    found = lived(Life(stock.plant, sources, BEGIN), stock.channels, moments, BEGIN + 10 * DAY)
    expected = simulated(at_once(stock.plant, sources), stock.channels, moments)
    assert_same(found, expected)
    assert len(set(expected["ess0/Soc"])) > 50


def test_constant_powers_are_those_of_the_simulation_also_when_the_battery_becomes_full(stock: Model) -> None:
    sources = [datasource.since(BEGIN) for _, datasource in stock.plant.meters]
    moments = list(range(BEGIN, BEGIN + DAY // 4, 60_000))
    found = lived(Life(stock.plant, sources, BEGIN), stock.channels, moments, BEGIN + DAY)
    expected = simulated(at_once(stock.plant, sources), stock.channels, moments)
    assert_same(found, expected)
    assert expected["ess0/Soc"][-1] == 100


def test_what_does_not_change_is_there_where_it_is_a_power_or_a_charge(stock: Model) -> None:
    life = Life(stock.plant, sources_of(stock.plant, HOUSE, "seed/edge3"), BEGIN)
    found = lived(life, stock.channels, [BEGIN, BEGIN + QUARTER], BEGIN + DAY)
    assert found["_sum/EssMaxApparentPower"] == [10_000, 10_000]
    assert found["meter0/VoltageL1"] == [230_000, 230_000]
    assert not {name for name in found if "_Property" in name or name.endswith("/State")}


powers = st.integers(0, 12_000)
percents = st.integers(0, 100)
limits = st.fixed_dictionaries(
    {"minSoc": percents}, optional={"forceChargeSoc": percents, "forceChargePower": st.integers(-1, 9_000)}
)


def made(own_id: str, pid: str, **properties: felix.Value) -> Component:
    return Component(
        own_id, pid, f"{pid}.x", "", {"enabled": True, **{k.replace("__", "."): v for k, v in properties.items()}}
    )


CONTROLS: list[tuple[str, dict[str, str | int]]] = [
    ("Controller.Symmetric.PeakShaving", {"peakShavingPower": 3000, "rechargePower": -500}),
    ("Controller.Symmetric.LimitActivePower", {"maxChargePower": 700, "maxDischargePower": 900}),
    ("Controller.Ess.FixActivePower", {"power": 400}),
    ("Controller.Ess.FixActivePower", {"power": 400, "mode": "MANUAL_OFF"}),
    ("Controller.Ess.FixActivePower", {"power": 400, "relationship": "LESS_OR_EQUALS"}),
]


@st.composite
def sizes(draw: st.DrawFn, own_id: str) -> Iterator[Component]:
    """A battery with or without what controls it."""
    size = st.integers(0, 30) | st.integers(0, 12_000)
    found = [
        made(
            own_id,
            "Simulator.EssSymmetric.Reacting",
            capacity=draw(size),
            initialSoc=draw(percents),
            maxApparentPower=draw(size),
        )
    ]
    if draw(st.booleans()):
        target = draw(st.integers(-3_000, 3_000))
        found.append(
            made(f"b{own_id}", "Controller.Symmetric.Balancing", ess__id=own_id, targetGridSetpoint=target)
        )
    if draw(st.booleans()):
        pid, properties = draw(st.sampled_from(CONTROLS))
        found.append(made(f"{draw(st.sampled_from('ac'))}{own_id}", pid, ess__id=own_id, **properties))
    for number in range(draw(st.integers(0, 2))):
        limit = draw(limits)
        found.append(made(f"l{number}{own_id}", "Controller.Ess.LimitTotalDischarge", ess__id=own_id, **limit))
    return iter(found)


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    components: list[Component] = []
    for number in range(draw(st.integers(1, 3))):
        values = tuple(draw(st.lists(powers, min_size=1, max_size=5)))
        kind = draw(st.sampled_from(["NRCMeter", "ProductionMeter"]))
        delta = draw(st.sampled_from([-1, 1, 7, 60]))
        name = f"datasource{number}"
        components += [
            made(name, "Simulator.Datasource.Single.Direct", values=values, timeDelta=delta),
            made(f"meter{number}", f"Simulator.{kind}.Acting", datasource__id=name),
        ]
    for number in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        components += draw(sizes(f"ess{number}"))
    for number in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["Reacting", "Reacting", "Acting"]))
        components.append(made(f"grid{number}", f"Simulator.GridMeter.{kind}", datasource__id="datasource0"))
    if draw(st.booleans()):
        components.append(made("ess9", "Ess.Cluster", ess__ids=("ess0", "ess1")))
        components.append(made("b9", "Controller.Symmetric.Balancing", ess__id="ess9"))
    return DEVICES.plant(sorted(components, key=lambda one: one.id))


@settings(max_examples=150)
@given(plant=plants(), length=st.integers(1, 3_600_000), most=st.integers(3, 1_000))
def test_any_plant_has_the_powers_energies_and_charges_of_its_simulation(
    plant: Plant, length: int, most: int
) -> None:
    sources = [datasource.since(BEGIN) for _, datasource in plant.meters]
    life, simulation = Life(plant, sources, BEGIN), at_once(plant, sources)
    for begin, until, stretch in life.stretches(BEGIN + length, 60_000, most):
        for now in sorted({begin, (begin + until) // 2, until - 1}):
            simulation.advance(now)
            memory, expected = stretch.memory(now, BEGIN), simulation.memory().settled()
            assert memory.powers.items() <= expected.powers.items()
            assert memory.energies.items() <= expected.energies.items()
            assert memory.charges == expected.charges
            assert memory.extremes == expected.extremes


@pytest.mark.parametrize("length", [1, 5 * 3_600_000 + 7, 3 * DAY, 7 * DAY + 12_345_678, 13 * DAY + 1])
def test_a_simulation_that_goes_on_from_the_past_has_what_one_without_a_break_has(
    stock: Model, length: int
) -> None:
    seam, end = BEGIN + length, BEGIN + 14 * DAY
    sources = sources_of(stock.plant, HOUSE, "seed/edge3")
    *_, (_, _, last) = Life(stock.plant, sources, BEGIN).stretches(seam, QUARTER)
    goes_on = Simulation(replace(stock.plant, gains=None), end, last.memory(seam, BEGIN), sources)
    whole = at_once(stock.plant, sources)
    for simulation in (goes_on, whole):
        simulation.advance(end)
    ids = stock.plant.ids[: stock.plant.devices]
    assert [goes_on.energy(key) for key in ids] == [whole.energy(key) for key in ids]


def test_a_year_is_computed_in_stretches_of_a_limited_size(stock: Model) -> None:
    life = Life(stock.plant, sources_of(stock.plant, HOUSE, "seed/edge3"), BEGIN)
    sizes = [len(stretch.turns) for _, _, stretch in life.stretches(BEGIN + 365 * DAY, QUARTER)]
    assert len(sizes) > 1
    assert max(sizes) < 50_000
