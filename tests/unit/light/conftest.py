from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from edge_tasks.openems import configuration

Make: TypeAlias = Callable[..., configuration.Component]
DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def stock() -> configuration.Configuration:
    directory = DATA / "docker-openems" / "openems-edge" / "config.d"
    if not directory.is_dir():
        pytest.skip("the recorded data are not here")
    return configuration.read(directory)


@pytest.fixture(scope="session")
def recorded() -> list[dict[str, Any]]:
    """The recorded edge's messages, in their order."""
    path = DATA / "openems-2024.7.0" / "edge-traffic.jsonl"
    if not path.is_file():
        pytest.skip("the recorded data are not here")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [json.loads(line["frame"]) for line in lines if "frame" in line]


@pytest.fixture(scope="session")
def component() -> Make:
    def make(own_id: str, factory: str, **properties: Any) -> configuration.Component:
        named = {name.replace("__", "."): value for name, value in properties.items()}
        return configuration.Component(own_id, factory, f"{factory}.x", "", {"enabled": True, **named})

    return make
