from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_tasks.checkout import load_shapes
from tests.waiting import await_that

if TYPE_CHECKING:
    from types import ModuleType


ROOT = Path(__file__).resolve().parents[2]
CONSTANTS = {"meter1": 3000, "meter2": 2000, "meter3": 500}
KINDS = {"meter1": "production", "meter2": "production", "meter3": "consumption"}


def second_computation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("energy", ROOT / "bench" / "energy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(platform: Any, channel: str, edges: int = 2) -> dict[str, int]:
    found = platform.client.values([f"edge{number}" for number in range(edges)], [channel])
    return {name: value[channel] for name, value in found.items()}


def await_all(platform: Any, watts: int, channel: str = "meter3/ActivePower") -> None:
    await_that(lambda: set(values(platform, channel).values()) == {watts})


def test_with_a_profile_each_edge_has_a_day_of_its_own(platform: Any) -> None:
    made = platform.inv(
        "setup", "--edges", "2", "--light-edges", "10", "--profile", "household", "--seed", "2024"
    )
    assert made.returncode == 0, made.stdout
    assert "profile household (light edges)" in made.stdout
    shape = load_shapes.find("household", platform.path)
    assert shape is not None
    sources = {
        edge: shape.profile.source("consumption", CONSTANTS["meter3"], f"2024/{edge}/meter3")
        for edge in (f"edge{number}" for number in range(12))
    }

    def are_as_the_profile_says() -> bool:
        """An edge may be at the end of a step, or a second behind."""
        before = time.time_ns() // 1_000_000
        seen = values(platform, "meter3/ActivePower", len(sources))
        moments = (before - 2000, before, time.time_ns() // 1_000_000)
        return all(seen[edge] in {of.at(now) for now in moments} for edge, of in sources.items() if of)

    await_that(are_as_the_profile_says)
    assert len(set(values(platform, "meter3/ActivePower", len(sources)).values())) > 6
    again = platform.inv("setup")
    assert again.stdout.count("nothing to do") == 7, again.stdout


def test_a_changed_profile_is_taken_over_and_a_wrong_one_changes_nothing(platform: Any, tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("consumption: {day: [1, 1], scale: [2, 2]}\n")
    assert platform.inv("setup", "--edges", "2", "--profile", str(own)).returncode == 0
    await_all(platform, 1000)
    await_all(platform, 5000, "_sum/ProductionActivePower")
    own.write_text("consumption: {day: [1, 1], scale: [3, 3]}\n")
    assert platform.inv("setup").returncode == 0
    await_all(platform, 1500)
    own.write_text("consumption: {day: [1, 1], scale: 3}\n")
    refused = platform.inv("setup")
    assert refused.returncode == 2, refused.stdout
    assert f"{own}:1: consumption.scale is 3" in refused.stdout
    assert "two numbers from 0 to 1000, the lowest first" in refused.stdout
    own.write_text("consumption: {day: [1, 1], scale: [3, 3]}\n")
    assert set(values(platform, "meter3/ActivePower").values()) == {1500}
    assert platform.inv("up", "--profile", "constant").returncode == 0
    await_all(platform, 500)


def test_every_counter_at_the_end_is_the_integral_of_its_profile(platform: Any) -> None:
    shape = load_shapes.find("pv-farm", platform.path)
    assert shape is not None
    energy = second_computation()
    assert platform.inv("setup", "--light-edges", "20", "--profile", "pv-farm", "--seed", "2024").returncode == 0
    time.sleep(3)
    assert platform.inv("down").returncode == 0
    state = platform.path / ".edge-tasks"
    kept = {
        name: memory
        for file in state.glob("light-memory-*.json")
        for name, memory in json.loads(file.read_text()).items()
    }
    assert len(kept) == 21
    counted, computed = {}, {}
    for edge, memory in kept.items():
        span = (memory["began"], memory["now"])
        for meter, kind in KINDS.items():
            key = f"2024/{edge}/{meter}"
            counted[key] = memory["energies"].get(meter, (0, 0))[0]  # what has counted nothing is not kept
            computed[key] = energy.watt_ms(shape.content, kind, CONSTANTS[meter], key, span)
    assert counted == computed
    assert sum(counted.values()) > 0
