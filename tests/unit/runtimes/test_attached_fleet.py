from __future__ import annotations

import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.console import Console
from edge_tasks.fleet.groups import Group
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.keys_file import EdgeKey, read_keys
from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.beat import Beat, now_ms
from edge_tasks.light.host.ramp import Ramp
from edge_tasks.light.host.shared_state import SharedState
from edge_tasks.light.wire.endpoint import endpoint_of
from edge_tasks.light.wire.reconnect import QUICK, ReconnectPolicy
from edge_tasks.runtimes.attached_fleet import fleet_document, groups_of
from edge_tasks.runtimes.docker.light_container import FLEET as IN_CONTAINER
from edge_tasks.runtimes.light_host import LightHost
from edge_tasks.runtimes.light_options import LightOptions
from edge_tasks.steps.export_keys import ExportKeys
from tests.unit.made_of import blueprints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.light.host.fleet import EdgeEntry

OPTIONS = LightOptions(processes=0, cores=4, connect_rate=10, reconnect=QUICK)
LIFE_MS = 6 * 3_600_000
BEGAN = 1_750_000_000_000
FLEET = Fleet("0197-id", bytes(range(32)), size=5, light=5)
HOMES = Group("homes", (range(3),), light=True, households=2, profile="household", seed=FLEET.id)
ALL = replace(HOMES, name="", ranges=(range(5),))
OFFICES = Group("offices", (range(3, 5),), light=True, households=2, profile="household", seed="offices")


@dataclass
class NoProcess:
    """The process of a light host that nobody starts."""

    config: Path


def of_a_runtime(made: Blueprints, uri: str, seen_as: Path) -> dict[str, Any]:
    """What the light host is told in a runtime, with its paths as it sees them."""
    host = LightHost(
        NoProcess(seen_as / "light.json"),  # type: ignore[arg-type] # only asked for its folder
        seen_as,
        Path("/edges"),
        FLEET,
        lambda edge: made.of(edge).template.render(edge, uri),
        blueprints=lambda: made,
        options=OPTIONS,
    )
    document: dict[str, Any] = json.loads(host.fleet_file({}))
    return document


def attached(keys: tuple[EdgeKey, ...], seed: str = "") -> dict[str, Any]:
    groups = groups_of(keys, seed, profile="household", households=2)
    document = fleet_document(keys, blueprints(*groups), "wss://elsewhere", OPTIONS)
    return {**document, "status_file": "/attached/light-status.json"}


def exported(folder: Path, made: Blueprints) -> tuple[EdgeKey, ...]:
    path = folder / "keys.json"
    ExportKeys(FLEET.edges, made, path, Console(quiet=True)).run()
    return read_keys(path)


def lived(document: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The apikey of each edge, and all that it has counted after some hours."""
    path = folder / "light.json"
    path.write_text(json.dumps(document))
    fleet = fleet_file.load(path)
    policy = ReconnectPolicy(QUICK, 0)
    with ThreadPoolExecutor(1) as reader:
        shared = SharedState(Ramp(time.monotonic), Beat(now_ms), reader, random.Random(1), policy)  # noqa: S311 - of waits
        shared.take_over(fleet)
        return {name: a_life(shared, entry) for name, entry in fleet.edges.items()}


def a_life(shared: SharedState, entry: EdgeEntry) -> Any:
    configuration, model = asyncio.run(shared.configured(entry))
    simulation = Simulation(model.plant, BEGAN, Memory({}, {}), shared.shaped(entry, model.plant))
    simulation.advance(BEGAN + LIFE_MS)
    return endpoint_of(configuration.backend(), entry.apikey).apikey, simulation.memory()


@pytest.mark.parametrize("groups", [(ALL,), (HOMES, OFFICES)], ids=["one group", "two groups"])
def test_the_same_fleet_has_the_same_apikeys_and_lives_embedded_in_docker_and_attached(
    groups: tuple[Group, ...], tmp_path: Path
) -> None:
    made = blueprints(*groups)
    embedded = lived(of_a_runtime(made, "ws://127.0.0.1:8081", tmp_path), tmp_path)
    docker = lived(of_a_runtime(made, "ws://openems-backend:8081", Path(str(IN_CONTAINER))), tmp_path)
    elsewhere = lived(attached(exported(tmp_path, made)), tmp_path)
    assert embedded == docker == elsewhere
    assert {name: apikey for name, (apikey, _) in elsewhere.items()} == {
        edge.name: edge.apikey for edge in FLEET.edges
    }
    assert len({str(memory.energies) for _, memory in elsewhere.values()}) == FLEET.size


def test_a_range_of_the_edges_lives_as_it_would_with_all_others(tmp_path: Path) -> None:
    keys = exported(tmp_path, blueprints(ALL))
    whole, some = lived(attached(keys), tmp_path), lived(attached(keys[1:3]), tmp_path)
    assert some == {name: whole[name] for name in ("edge1", "edge2")}


def test_a_seed_that_is_typed_takes_the_place_of_those_in_the_file(tmp_path: Path) -> None:
    keys = exported(tmp_path, blueprints(HOMES, OFFICES))
    assert lived(attached(keys, "another"), tmp_path)["edge0"] != lived(attached(keys), tmp_path)["edge0"]
    [only] = groups_of(keys, "another", "household", 0)
    assert (only.name, only.seed, only.ranges) == ("", "another", (range(5),))


def test_the_template_has_the_address_of_the_backend_and_each_edge_its_own_apikey(tmp_path: Path) -> None:
    keys = exported(tmp_path, blueprints(ALL))
    document = attached(keys)
    assert 'uri="wss://elsewhere"' in "".join(document["shared"]["files"].values())
    assert document["shared"]["edges"] == {key.name: key.apikey for key in keys}
    assert document["connect_rate"] == 10


@given(st.sets(st.integers(0, 200), min_size=1), st.data())
def test_every_edge_is_in_the_one_group_of_its_seed(indices: set[int], data: st.DataObject) -> None:
    seeds = {index: data.draw(st.sampled_from(["a", "b"])) for index in sorted(indices)}
    keys = [EdgeKey(f"edge{index}", f"KEY{index}", seed) for index, seed in seeds.items()]
    groups = groups_of(keys, "", "constant", 0)
    found = {index: [group.seed for group in groups if index in group] for index in range(201)}
    assert {index: own for index, own in found.items() if own} == {index: [seed] for index, seed in seeds.items()}
