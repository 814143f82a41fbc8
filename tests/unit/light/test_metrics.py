from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from edge_tasks.backend.counters import METHODS
from edge_tasks.backend.metrics import BackendCollector
from edge_tasks.light.host.fleet import EdgeEntry, Fleet
from edge_tasks.light.host.metrics import Metrics

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "metrics.md"


def status(pid: int, edges: dict[str, str], **counters: float) -> str:
    found = {name: {"state": state, "since": 0, "why": ""} for name, state in edges.items()}
    return json.dumps({"pid": pid, "written": 1e9, "edges": found, "counters": counters})


def shown(collector: Collector) -> dict[str, float]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    lines = generate_latest(registry).decode().splitlines()
    values = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}
    return {name.removeprefix("edge_tasks_light_"): value for name, value in values.items()}


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    edges = {f"edge{index}": EdgeEntry(f"edge{index}", None, "1", "k", index) for index in range(5)}
    return Fleet("r", tmp_path / "status.json", edges, processes=2)


def test_the_parts_are_summed_and_edges_counted_by_state(fleet: Fleet) -> None:
    first = status(1, {"edge0": "connected", "edge2": "refused"}, messages=10, late_cycles=1, lag_s=0.5)
    fleet.part_file(0).write_text(first)
    fleet.part_file(1).write_text(status(2, {"edge1": "connected"}, messages=5, bytes=99, lag_s=2.5))
    found = shown(Metrics(fleet))
    assert (found["messages_total"], found["sent_bytes_total"], found["late_cycles_total"]) == (15, 99, 1)
    states = {name: count for name, count in found.items() if name.startswith("edges{") and count}
    assert states == {'edges{state="connected"}': 2, 'edges{state="refused"}': 1, 'edges{state="down"}': 2}
    assert (found['lag_seconds{part="0"}'], found['lag_seconds{part="1"}']) == (0.5, 2.5)
    assert found["parts"] == 2


def test_no_counter_falls_when_a_part_is_started_again(fleet: Fleet) -> None:
    metrics = Metrics(fleet)
    file = fleet.part_file(0)
    file.write_text(status(1, {}, messages=10))
    assert shown(metrics)["messages_total"] == 10
    file.write_text(status(1, {}, messages=12))
    metrics.ending(0)
    metrics.ended(0, again=True)
    file.unlink()
    found = shown(metrics)
    assert (found["messages_total"], found["part_restarts_total"], found["parts"]) == (12, 1, 0)
    file.write_text(status(2, {}, messages=3))
    assert shown(metrics)["messages_total"] == 15


def test_a_part_that_was_replaced_unseen_keeps_what_it_was_last_seen_to_have_counted(fleet: Fleet) -> None:
    metrics = Metrics(fleet)
    fleet.part_file(0).write_text(status(1, {}, messages=10))
    assert shown(metrics)["messages_total"] == 10
    fleet.part_file(0).write_text(status(2, {}, messages=1))
    assert shown(metrics)["messages_total"] == 11


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pid": 1, "edges": []}'])
def test_a_file_that_says_nothing_leaves_its_edges_down(fleet: Fleet, text: str) -> None:
    fleet.part_file(0).write_text(text)
    assert shown(Metrics(fleet))['edges{state="down"}'] == 5


def families(collector: Collector) -> set[str]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return set(re.findall(r"^# TYPE (\S+)", generate_latest(registry).decode(), re.MULTILINE))


def test_the_page_of_metrics_has_every_metric_and_no_other(fleet: Fleet) -> None:
    devices = cast("Any", type("Devices", (), {"online": 0, "__len__": lambda _: 0})())
    counters = SimpleNamespace(
        by_method=lambda: dict.fromkeys(METHODS, 0),
        **dict.fromkeys(("received", "requests", "connects", "disconnects", "refusals", "unanswered"), 0),
    )
    backend = SimpleNamespace(devices=devices, counters=counters, queues={"rows": 0}, lag=0.0)
    page = PAGE.read_text()
    named = set(re.findall(r"^\| `(edge_tasks_\w+)", page, re.MULTILINE))
    assert named == families(Metrics(fleet)) | families(BackendCollector(cast("Any", backend)))
    assert all(f"`{method}`" in page for method in METHODS)
