from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.fleet import EdgeEntry, Fleet, Group
from edge_tasks.light.host.fleet_file import FleetFileError

STATUS = Path("/state/light-status.json")
MEMORY = Path("/state/light-memory.json")


def fleet(edges: int, processes: int, block: int) -> Fleet:
    entries = {f"edge{place}": EdgeEntry(f"edge{place}", None, "", place=place) for place in range(edges)}
    return Fleet("r", STATUS, entries, MEMORY, processes=processes, block=block)


def load(tmp_path: Path, **more: Any) -> Fleet:
    document = {"revision": "r", "status_file": str(STATUS), "edges": [], **more}
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(document))
    return fleet_file.load(path)


@given(edges=st.integers(0, 60), processes=st.integers(0, 5), block=st.integers(1, 9))
def test_every_edge_is_in_one_part(edges: int, processes: int, block: int) -> None:
    whole = fleet(edges, processes, block)
    parts = [whole.part(index).edges for index in range(max(1, processes))]
    assert sum(map(len, parts)) == edges
    assert {name for part in parts for name in part} == whole.edges.keys()


@given(before=st.integers(0, 60), more=st.integers(0, 60), processes=st.integers(1, 5), block=st.integers(1, 9))
def test_a_growing_fleet_moves_no_edge_to_another_part(
    before: int, more: int, processes: int, block: int
) -> None:
    small, large = fleet(before, processes, block), fleet(before + more, processes, block)
    for index in range(processes):
        assert small.part(index).edges.items() <= large.part(index).edges.items()


def test_another_release_is_another_digest_of_every_edge(tmp_path: Path) -> None:
    edge = {"name": "edge0", "directory": "/edge0", "digest": "1"}
    shared = {"files": {"a.config": "x"}, "edges": {"edge1": "KEY"}}
    before, same, after = (
        load(tmp_path, edges=[edge], shared=shared, **more)
        for more in ({}, {"version": "2024.7.0"}, {"version": "2026.1.0"})
    )
    assert (before.version, after.version) == ("2024.7.0", "2026.1.0")
    assert before.edges == same.edges
    assert all(before.edges[name].digest != after.edges[name].digest for name in before.edges)


def test_a_part_has_files_of_its_own() -> None:
    part = fleet(3, 2, 1).part(1)
    assert part.status_file == Path("/state/light-status-1.json")
    assert part.memory_file == Path("/state/light-memory-1.json")
    assert part.trace_file is None
    assert Fleet("r", STATUS, {}, processes=2).part(0).memory_file is None


def test_places_follow_the_file_and_far_ones_connect_from_another_address(tmp_path: Path) -> None:
    keys = {f"edge{number}": "KEY" for number in range(1, 40_001)}
    first = {"name": "edge0", "directory": "/edge0", "digest": "1"}
    edges = load(tmp_path, edges=[first], shared={"files": {}, "edges": keys}).edges
    assert [edges[name].place for name in ("edge0", "edge1", "edge40000")] == [0, 1, 40_000]
    assert [edges[f"edge{place}"].source for place in (0, 19_999, 20_000, 40_000)] == [
        "",
        "",
        "127.0.0.2",
        "127.0.0.3",
    ]


SHAPE = {"consumption": {"day": [1, 2]}}


def test_another_profile_or_seed_is_another_digest_of_every_edge(tmp_path: Path) -> None:
    edge = {
        "edges": [{"name": "edge0", "directory": "/edge0", "digest": "1"}],
        "shared": {"edges": {"edge1": "KEY"}},
    }
    fleets = [
        load(tmp_path, **edge),
        load(tmp_path, **edge, profile=SHAPE, seed="a"),
        load(tmp_path, **edge, profile=SHAPE, seed="b"),
        load(tmp_path, **edge, profile={"consumption": {"day": [2, 1]}}, seed="a"),
    ]
    for name in ("edge0", "edge1"):
        assert len({one.edges[name].digest for one in fleets}) == len(fleets)
    assert fleets[0].edges["edge0"].digest == "1"
    assert load(tmp_path, **edge, profile=SHAPE, seed="a") == fleets[1]


def test_a_part_has_the_profile_and_the_seed_of_the_whole(tmp_path: Path) -> None:
    part = load(tmp_path, profile=SHAPE, seed="a", processes=2).part(1)
    assert (part.groups[""].profile, part.groups[""].source_key("edge17", "meter1")) == (SHAPE, "a/edge17/meter1")


def test_edges_have_the_files_and_the_load_shape_of_their_group_in_every_part(tmp_path: Path) -> None:
    whole = load(
        tmp_path,
        edges=[{"name": "edge0", "directory": "/edge0", "digest": "1"}],
        shared={"edges": {"edge1": "a", "edge2": "b"}},
        groups=[
            {"name": "town", "files": {"a.config": "2"}, "edges": ["edge2"]},
            {
                "name": "village",
                "files": {"a.config": "1"},
                "profile": SHAPE,
                "seed": "s",
                "edges": ["edge0", "edge1"],
            },
        ],
        processes=2,
    )
    assert {name: edge.group for name, edge in whole.edges.items()} == {
        "edge0": "village",
        "edge1": "village",
        "edge2": "town",
    }
    assert [edge.place for edge in whole.edges.values()] == [0, 1, 2]
    part = whole.part(1)
    assert list(part.edges) == ["edge1"]
    assert part.groups["village"] == Group({"a.config": "1"}, SHAPE, "s")


@pytest.mark.parametrize(
    ("groups", "problem"),
    [
        ("village", '"groups" in the fleet file is not a list'),
        (["village"], "a group in the fleet file is not an object"),
        ([{"edges": []}], '"name" in the fleet file is missing'),
        ([{"name": "v", "edges": "edge0"}], '"edges" in the fleet file is not a list'),
        ([{"name": "v", "files": {"a": 1}}], '"files" in the fleet file is not an object of texts'),
    ],
)
def test_groups_that_are_none_are_refused(tmp_path: Path, groups: object, problem: str) -> None:
    with pytest.raises(FleetFileError, match=problem):
        load(tmp_path, groups=groups)


def test_a_profile_that_is_none_is_refused_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(FleetFileError, match=r"\"profile\" in the fleet file: consumption has no curve"):
        load(tmp_path, profile={"consumption": {}})


def test_what_a_file_does_not_say_is_as_it_always_was(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert (found.processes, found.block, found.connect_rate, found.reconnect) == (0, 1, 500, "quick")
    assert found.groups == {"": Group()}


@pytest.mark.parametrize(
    "wrong",
    [
        {"processes": -1},
        {"processes": "2"},
        {"block": 0},
        {"connect_rate": 0},
        {"reconnect": "never"},
        {"seed": 1},
        {"metrics_port": -1},
    ],
)
def test_a_wrong_word_is_named(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(FleetFileError, match=f'"{next(iter(wrong))}"'):
        load(tmp_path, **wrong)


def test_a_trace_and_certificates_are_files_of_a_part_and_of_all(tmp_path: Path) -> None:
    whole = load(tmp_path, trace_file="/state/trace.jsonl", ca_file="/certificates.pem")
    assert (whole.trace_file, whole.ca_file) == (Path("/state/trace.jsonl"), Path("/certificates.pem"))
    assert whole.part(1).trace_file == Path("/state/trace-1.jsonl")
    assert whole.part(1).ca_file == whole.ca_file
    assert load(tmp_path).ca_file is None
