"""Light edges with households, from the fleet file that a runtime writes to the powers that each meter shows."""

from __future__ import annotations

import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from edge_tasks.fleet.identity import Fleet
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.beat import Beat, now_ms
from edge_tasks.light.host.ramp import Ramp
from edge_tasks.light.host.shared_state import SharedState
from edge_tasks.light.wire.reconnect import QUICK, ReconnectPolicy
from edge_tasks.openems.load_curve import Profile
from edge_tasks.runtimes import light_groups
from tests.unit.made_of import blueprints, whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.fleet.groups import Group
    from edge_tasks.light.host.fleet import Fleet as FleetOfHost

FLEET = Fleet("f", bytes(32), size=4, light=4)
URI = "ws://127.0.0.1:8081"
DAY = 86_400_000
NOON = 1_782_000_000_000 // DAY * DAY + DAY // 2


class Told(NamedTuple):
    """A fleet file, and what a host makes of it."""

    fleet: FleetOfHost
    shared: SharedState

    def simulation(self, name: str) -> Simulation:
        entry = self.fleet.edges[name]
        _, model = asyncio.run(self.shared.configured(entry))
        return Simulation(model.plant, NOON, shaped=self.shared.shaped(entry, model.plant))


def told(folder: Path, *groups: Group) -> Told:
    made = blueprints(*groups)
    members = light_groups.members(
        made, [], FLEET.light_edges, lambda edge: made.of(edge).template.render(edge, URI)
    )
    path = folder / "fleet.json"
    path.write_text(json.dumps({"revision": "1", "status_file": str(folder / "s"), "edges": [], **members}))
    fleet = fleet_file.load(path)
    rng, policy = random.Random(1), ReconnectPolicy(QUICK, 1)  # noqa: S311 - spreads nothing here
    shared = SharedState(Ramp(time.monotonic), Beat(now_ms), ThreadPoolExecutor(1), rng, policy)
    shared.take_over(fleet)
    return Told(fleet, shared)


def households(simulation: Simulation) -> list[str]:
    return [key for key, _ in simulation.plant.consumers]


def curve(simulation: Simulation, meter: str, steps: int = 24) -> Sequence[int]:
    powers = []
    for _ in range(steps):
        simulation.advance(simulation.now + 3_600_000)
        powers.append(simulation.power(meter))
    return powers


def test_each_household_of_each_edge_has_its_own_curve_and_another_run_has_the_same(tmp_path: Path) -> None:
    found = told(tmp_path, whole(FLEET, households=12, profile="household"))
    curves = {
        (name, meter): tuple(curve(found.simulation(name), meter))
        for name in ("edge0", "edge3")
        for meter in households(found.simulation(name))
    }
    assert len(curves) == 2 * 13
    assert len(set(curves.values())) == len(curves)
    assert tuple(curve(found.simulation("edge3"), "meter7")) == curves["edge3", "meter7"]


def test_a_curve_follows_from_seed_edge_and_meter_and_from_the_constant_of_the_datasource(tmp_path: Path) -> None:
    group = whole(FLEET, households=2, profile="household", seed="2024")
    shape = blueprints(group).each[0].shape
    assert shape is not None
    source = Profile.of(shape.content).source("consumption", 302, "2024/edge1/meter5")
    assert source is not None
    simulation = told(tmp_path, group).simulation("edge1")
    assert simulation.power("meter5") == source.at(NOON)


@pytest.mark.parametrize("profile", ["constant", "household"])
def test_the_balance_of_an_edge_with_households_adds_up(tmp_path: Path, profile: str) -> None:
    simulation = told(tmp_path, whole(FLEET, households=12, profile=profile)).simulation("edge2")
    plant = simulation.plant
    for _ in range(100):
        simulation.advance(simulation.now + 731_000)
        consumed = sum(simulation.power(key) for key, _ in plant.consumers)
        produced = sum(simulation.power(key) for key, _ in plant.producers)
        assert simulation.power("_consumption") == consumed
        assert simulation.power("meter0") == consumed - produced - simulation.power("ess0")


def test_without_a_profile_the_households_of_an_edge_differ_and_edges_are_alike(tmp_path: Path) -> None:
    found = told(tmp_path, whole(FLEET, households=3))
    powers = [[found.simulation(name).power(f"meter{n}") for n in (4, 5, 6)] for name in ("edge0", "edge3")]
    assert powers == [[301, 302, 303]] * 2


def test_groups_have_their_own_households_profiles_and_seeds(tmp_path: Path) -> None:
    group = replace(whole(FLEET), light=True)
    village = replace(
        group, name="village", ranges=(range(2), range(3, 4)), households=2, profile="household", seed="v"
    )
    found = told(tmp_path, village, replace(group, name="town", ranges=(range(2, 3),), households=5))
    assert {name: len(households(found.simulation(name))) for name in found.fleet.edges} == {
        "edge0": 3,
        "edge1": 3,
        "edge2": 6,
        "edge3": 3,
    }
    assert found.simulation("edge2").power("meter8") == 305
    assert [entry.place for entry in found.fleet.edges.values()] == [0, 1, 2, 3]


def test_a_group_that_changes_changes_no_edge_of_another(tmp_path: Path) -> None:
    group = replace(whole(FLEET), light=True)
    village = replace(group, name="village", ranges=(range(2),))
    town = replace(group, name="town", ranges=(range(2, 4),), profile="office")

    def digests(*groups: Group) -> list[str]:
        return [entry.digest for entry in told(tmp_path, *groups).fleet.edges.values()]

    before = digests(village, town)
    assert digests(replace(village, name="hamlet"), town) == before
    assert digests(replace(village, households=1), town)[2:] == before[2:]
    assert not set(digests(replace(village, households=1), town)[:2]) & set(before)
    assert digests(village, replace(town, seed="other"))[:2] == before[:2]
    assert not set(digests(village, replace(town, seed="other"))[2:]) & set(before)
