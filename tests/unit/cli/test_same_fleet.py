"""The same saved fleet is given the same keys, directories and curves, whichever runtime is chosen for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge_tasks.cli.settings import Choices
from edge_tasks.cli.target import wanted_fleet
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import Saved
from edge_tasks.runtimes import NAMES, light_groups
from tests.unit.made_of import blueprints, whole

URI = "ws://openems-backend:8081"


def made_in(runtime: str, *, secret: bytes = bytes(range(32)), seed: str = "seed") -> dict[str, Any]:
    """What the two real and the two light edges of a fleet are made of in a runtime."""
    saved = Saved(Fleet("0193", secret, size=4, light=2), runtime, "docker-compose.override.yml", {})
    choices = Choices({"edges": 2, "light_edges": 2}, {}, {}, {})
    fleet = wanted_fleet(choices, saved, runtime).fleet
    prints = blueprints(whole(fleet, profile="household", seed=seed))
    rendered = {edge.name: prints.of(edge).template.render(edge, URI) for edge in fleet.edges_with_directory}
    light = light_groups.members(
        prints, [], fleet.light_edges, lambda edge: prints.of(edge).template.render(edge, URI)
    )
    return {
        "keys": [(edge.name, edge.apikey, edge.setup_password) for edge in fleet.edges],
        "directories": rendered,
        "light edges, with the seed and the shape of their curves": json.loads(json.dumps(light)),
    }


@pytest.mark.parametrize("runtime", NAMES)
def test_a_runtime_changes_neither_keys_nor_directories_nor_curves(runtime: str) -> None:
    assert made_in(runtime) == made_in("embedded")


def test_another_secret_or_seed_would_be_seen() -> None:
    wanted = made_in("swarm")
    assert made_in("swarm", secret=bytes(32))["keys"] != wanted["keys"]
    curves = "light edges, with the seed and the shape of their curves"
    assert made_in("swarm", seed="other")[curves] != wanted[curves]
