"""A checkout whose template is a tree like those of OpenEMS' documentation."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.edge_templates import write_template
from tests.sample_trees import GETTING_STARTED, SITE, Tree, sources_of


@pytest.mark.parametrize(
    ("tree", "channel"),
    [(GETTING_STARTED, "meter0/ActivePower"), (SITE, "pvInverter0/ActivePower")],
    ids=["getting started", "site"],
)
def test_light_edges_of_a_tree_are_online_and_simulate_all_of_it(platform: Any, tree: Tree, channel: str) -> None:
    template = platform.path / "openems-edge" / "config.d"
    shutil.rmtree(template)
    write_template(template, sources_of(tree))
    made = platform.inv("setup", "--edges", "0", "--light-edges", "2")
    assert made.returncode == 0, made.stdout
    assert "not simulate" not in made.stdout
    verified = platform.inv("verify", "--json")
    assert verified.returncode == 0, verified.stdout
    document, _ = json.JSONDecoder().raw_decode(verified.stdout[verified.stdout.index("{\n") :])
    assert [edge["state"] for edge in document["edges"]] == ["online", "online"]
    assert all(isinstance(edge["values"][channel], int) for edge in document["edges"])
