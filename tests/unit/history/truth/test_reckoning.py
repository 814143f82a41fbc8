"""What is reckoned a second time is what a light edge's own simulation counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.history.truth import reckoning
from edge_tasks.history.truth.battery import Limit, Store
from edge_tasks.history.truth.reckoning import SUMS, Metered, Reckoning, Site
from edge_tasks.light.engine.plant import CONSUMPTION, ESS, GRID, PRODUCTION, Battery, Plant
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.openems.load_curve import Profile
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

BEGIN = 1_761_951_600_123
DAY = 86_400_000
HOUSE: Mapping[str, object] = {
    "step_s": 300,
    "utc_offset_min": 67,
    "consumption": {
        "day": [1, 1, 1, 4, 5, 3, 2, 6, 8, 3],
        "weekend": {"06:30": 2, "20:15": 6},
        "scale": [0.5, 1.7],
        "shift_min": 55,
        "noise": 0.4,
    },
    "production": {"sun": {"rise": "06:00", "set": "20:00"}, "noise": 0.1, "clouds": [0.03, 0.75]},
}
BATTERY = Battery("ess0", 10_000, 50, 4_000, 0)
LIMIT = Limit(15, 10, 0)
STEPS = Datasource((700, 50, 900), 1_700_000)
KEYS = ("seed/edge3/", "seed/edge17/", "other/edge3/")


def plant_of(batteries: Sequence[Battery], own: Datasource = STEPS) -> Plant:
    producers = (("meter1", Datasource((5_000,), 0)),)
    return Plant(
        producers, (("meter2", Datasource((900,), 0)), ("meter3", own)), ("meter0",), tuple(batteries), None
    )


def site_of(plant: Plant, profile: Mapping[str, object] | None) -> Site:
    kinds = (("production", plant.producers), ("consumption", plant.consumers))
    meters = tuple(
        Metered(own_id, kind, source.values, source.step) for kind, each in kinds for own_id, source in each
    )
    store, initial = None, 0
    for one in plant.batteries:
        store = Store(one.full, one.floor, one.limit, one.target)
        initial = one.full * one.initial_soc // 100
    return Site(meters, store, initial, profile)


def simulated(
    plant: Plant, profile: Mapping[str, object] | None, key: str, moments: Sequence[int]
) -> list[list[int]]:
    """Wh of all counters at each moment."""
    shape = Profile.of(profile) if profile else None
    kinds = (("production", plant.producers), ("consumption", plant.consumers))
    sources = [
        (shape and shape.source(kind, one.at(0), key + own_id)) or one.since(BEGIN)  # type: ignore[arg-type]
        for kind, each in kinds
        for own_id, one in each
    ]
    simulation = Simulation(plant, BEGIN, shaped=sources)
    rows = []
    for moment in moments:
        simulation.advance(moment)
        (bought, sold), (discharged, charged) = simulation.energy(GRID), simulation.energy(ESS)
        sums = [
            simulation.energy(CONSUMPTION)[0],
            simulation.energy(PRODUCTION)[0],
            bought,
            sold,
            charged,
            discharged,
        ]
        rows.append([*sums, *(simulation.energy(own_id)[0] for own_id, _ in plant.meters)])
    return rows


def is_same(plant: Plant, profile: Mapping[str, object] | None, moments: Sequence[int]) -> None:
    found = Reckoning(site_of(plant, profile), KEYS, BEGIN).counters(moments)
    assert found.shape == (len(SUMS) + len(plant.meters), len(moments), len(KEYS))
    for place, key in enumerate(KEYS):
        assert found[:, :, place].T.tolist() == simulated(plant, profile, key, moments)


def test_a_household_with_a_battery_counts_what_its_simulation_counts() -> None:
    moments = [BEGIN, BEGIN + 1, *range(BEGIN + 3_600_000, BEGIN + 5 * DAY, 5_123_456)]
    is_same(plant_of([BATTERY]), HOUSE, moments)


def test_without_profile_a_battery_that_is_empty_gives_nothing_more() -> None:
    is_same(plant_of([BATTERY], Datasource((7_000,), 0)), None, list(range(BEGIN, BEGIN + 3 * DAY, 9_000_000)))


def test_datasources_with_steps_of_their_own_count_beside_a_profile() -> None:
    only_sun = {key: value for key, value in HOUSE.items() if key != "consumption"}
    is_same(plant_of([BATTERY]), only_sun, list(range(BEGIN, BEGIN + 2 * DAY, 7_654_321)))


def test_an_edge_without_a_battery_buys_and_sells_the_rest() -> None:
    is_same(plant_of([]), HOUSE, list(range(BEGIN, BEGIN + 3 * DAY, 7_654_321)))


BATTERIES = st.builds(
    Battery,
    id=st.just("ess0"),
    capacity=st.integers(1, 30_000),
    max_power=st.integers(1, 9_000),
    initial_soc=st.integers(0, 100),
    min_soc=st.integers(0, 60),
    target=st.one_of(st.none(), st.integers(-500, 500)),
)


@settings(max_examples=20, deadline=None)
@given(battery=BATTERIES, moments=st.lists(st.integers(BEGIN, BEGIN + DAY), min_size=1, max_size=6))
def test_any_battery_is_followed_to_the_last_watt_hour(battery: Battery, moments: list[int]) -> None:
    is_same(plant_of([battery]), HOUSE, sorted(moments))


def test_a_life_is_reckoned_in_stretches_without_losing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [BEGIN + 5 * DAY, BEGIN + 9 * DAY]
    at_once = Reckoning(site_of(plant_of([BATTERY]), HOUSE), KEYS, BEGIN).counters(moments)
    monkeypatch.setattr(reckoning, "_CELLS", 700)
    assert np.array_equal(Reckoning(site_of(plant_of([BATTERY]), HOUSE), KEYS, BEGIN).counters(moments), at_once)
