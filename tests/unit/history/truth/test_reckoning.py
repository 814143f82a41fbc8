"""What is reckoned a second time is what a light edge's own simulation counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.history.truth import reckoning
from edge_tasks.history.truth.reckoning import SUMS, WMS_PER_WH, Reckoning
from edge_tasks.history.truth.site import reckoned
from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.plant import CONSUMPTION, ESS, GRID, PRODUCTION
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.openems.load_curve import Profile
from tests.unit.history.shapes import SHAPES
from tests.unit.history.truth.edges import BATTERY, BEGIN, DAY, HOUSE, LIMIT, components_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.openems import felix
    from edge_tasks.openems.configuration import Component

KEYS = ("seed/edge3/", "seed/edge17/", "other/edge3/")


def simulated(
    components: Sequence[Component], profile: Mapping[str, object] | None, key: str, moments: Sequence[int]
) -> list[list[int]]:
    """Wh of all counters at each moment."""
    plant = DEVICES.plant(components)
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


def is_same(
    components: Sequence[Component], profile: Mapping[str, object] | None, moments: Sequence[int]
) -> None:
    site = reckoned(components, profile).site
    found = Reckoning(site, KEYS, BEGIN).energies(moments) // WMS_PER_WH
    assert found.shape == (len(SUMS) + 3, len(moments), len(KEYS))
    for place, key in enumerate(KEYS):
        assert found[:, :, place].T.tolist() == simulated(components, profile, key, moments)


def test_a_household_with_a_battery_counts_what_its_simulation_counts() -> None:
    moments = [BEGIN, BEGIN + 1, *range(BEGIN + 3_600_000, BEGIN + 5 * DAY, 5_123_456)]
    is_same(components_of(BATTERY), HOUSE, moments)


def test_a_battery_whose_discharge_is_limited_counts_what_its_simulation_counts() -> None:
    moments = [BEGIN, BEGIN + 1, *range(BEGIN + 3_600_000, BEGIN + 9 * DAY, 5_123_456)]
    is_same(components_of(BATTERY, limit=LIMIT), HOUSE, moments)


def test_without_profile_a_battery_that_is_empty_gives_nothing_more() -> None:
    own: Mapping[str, felix.Value] = {"values": (7_000,), "timeDelta": -1}
    is_same(components_of(BATTERY, own), None, list(range(BEGIN, BEGIN + 3 * DAY, 9_000_000)))


def test_datasources_with_steps_of_their_own_count_beside_a_profile() -> None:
    only_sun = {key: value for key, value in HOUSE.items() if key != "consumption"}
    is_same(components_of(BATTERY), only_sun, list(range(BEGIN, BEGIN + 2 * DAY, 7_654_321)))


@pytest.mark.parametrize("name", SHAPES)
def test_seasons_clocks_the_sun_and_readings_count_what_their_simulation_counts(name: str) -> None:
    is_same(components_of(BATTERY), SHAPES[name], list(range(BEGIN, BEGIN + 20 * DAY, 76_543_210)))


def test_an_edge_without_a_battery_buys_and_sells_the_rest() -> None:
    is_same(components_of(None), HOUSE, list(range(BEGIN, BEGIN + 3 * DAY, 7_654_321)))


BATTERIES = st.fixed_dictionaries(
    {
        "capacity": st.integers(1, 30_000),
        "maxApparentPower": st.integers(1, 9_000),
        "initialSoc": st.integers(0, 100),
    }
)
LIMITS = st.none() | st.fixed_dictionaries(
    {
        "minSoc": st.integers(0, 60),
        "forceChargeSoc": st.integers(0, 60),
        "forceChargePower": st.sampled_from([0, 1, 700, 20_000]),
    }
)
TARGETS = st.none() | st.integers(-500, 500)


@settings(max_examples=30, deadline=None)
@given(BATTERIES, LIMITS, TARGETS, st.lists(st.integers(BEGIN, BEGIN + DAY), min_size=1, max_size=6))
def test_any_battery_is_followed_to_the_last_watt_hour(
    battery: Mapping[str, int], limit: Mapping[str, int] | None, target: int | None, moments: list[int]
) -> None:
    is_same(components_of(battery, limit=limit, target=target), HOUSE, sorted(moments))


def test_a_life_is_reckoned_in_stretches_without_losing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [BEGIN + 5 * DAY, BEGIN + 9 * DAY]
    site = reckoned(components_of(BATTERY, limit=LIMIT), HOUSE).site
    at_once = Reckoning(site, KEYS, BEGIN).energies(moments) // WMS_PER_WH
    monkeypatch.setattr(reckoning, "_CELLS", 700)
    assert np.array_equal(Reckoning(site, KEYS, BEGIN).energies(moments) // WMS_PER_WH, at_once)
