from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.engine.memory import Command, Memory
from edge_tasks.light.engine.plant import ESS, GIVEN, TAKEN
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.light.wire.config_changes import UPDATE, Change
from edge_tasks.light.wire.journal import Entry, Journal

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = Memory(
    {"meter0": (1 << 60, 2)},
    {"ess0": 3},
    4,
    5,
    {"_grid": (-6, 7)},
    {"ess0": (-4500, None, 8), "ess1": (1, 2, 3)},
    (Command("meter1/ActivePower", 4000, 9),),
    {"meter0": 10, "ess0": -20},
    14,
    {"chp0": (1, -2, 3)},
    {"chp0": (15, None), "limit0": (1 << 62, -200)},
)
CHANGE = Change(UPDATE, {"componentId": "a"}, "user", "now")
JOURNAL = Journal((Entry(12, CHANGE), Entry(13, Command("meter1/ActivePower", 4000, 9))), 14)
KEPT = {"edge0": Snapshot(MEMORY, "shape", JOURNAL)}


def _save(path: Path, kept: dict[str, Snapshot]) -> None:
    for _ in memories.saved(path, kept.items()):
        assert not path.exists(), "it is replaced when all of them have been written"


def test_what_is_kept_is_read_again_to_the_last_bit(tmp_path: Path) -> None:
    _save(tmp_path / "memory.json", KEPT)
    assert memories.load(tmp_path / "memory.json") == KEPT


@pytest.mark.parametrize(("touched", "since"), [({"touched": 13}, 13), ({}, MEMORY.began)])
def test_an_earlier_version_kept_the_changes_and_at_most_since_when_there_were_any(
    tmp_path: Path, touched: dict[str, int], since: int
) -> None:
    document = {**memories.document(KEPT["edge0"]), "changes": [[UPDATE, {"componentId": "a"}, "user", "now"]]}
    del document["journal"], document["lost"]
    (tmp_path / "memory.json").write_text(json.dumps({"edge0": {**document, **touched}}))
    assert memories.load(tmp_path / "memory.json")["edge0"].journal == Journal((Entry(since, CHANGE),), since)


@pytest.mark.parametrize("given", [700, 0])
def test_several_batteries_that_took_nothing_go_on_as_they_were(tmp_path: Path, given: int) -> None:
    """Both sums may have been reset, which the sum of before must not undo."""
    memory = Memory({ESS: (700, 0), GIVEN: (given, 0), TAKEN: (0, 0)}, {}, now=0, began=0, seen=0)
    _save(tmp_path / "memory.json", {"edge0": Snapshot(memory)})
    found = memories.load(tmp_path / "memory.json")["edge0"].memory
    assert [found.energy(key) for key in (GIVEN, TAKEN, ESS)] == [(given, 0), (0, 0), (given, 0)]


def test_several_batteries_of_an_earlier_file_go_on_without_the_sum_that_was_0() -> None:
    memory = Memory({ESS: (700, 0), GIVEN: (700, 0)}, {})
    assert [memory.energy(key) for key in (GIVEN, TAKEN, ESS)] == [(700, 0), (0, 0), (700, 0)]


def test_another_plant_goes_on_with_what_was_0_at_the_last_turn() -> None:
    """The file leaves energies out that are 0, and a power that stays makes no turn."""
    memory = Memory({}, {}, now=1000, seen=4000, powers={"_grid": -500, "ess0": 500})
    assert memory.settled().energies == {"_grid": (0, 1_500_000), "ess0": (1_500_000, 0)}


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    assert memories.load(None) == memories.load(tmp_path / "none") == {}


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"edge0": {}}', b'{"edge0": {"energies": {"a": 1}}}'])
def test_a_damaged_file_is_said_and_not_used(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "memory.json").write_bytes(damage)
    assert memories.load(tmp_path / "memory.json") == {}
    assert "all counters begin at 0" in caplog.text


def test_an_edge_goes_on_where_any_part_had_it_last(tmp_path: Path) -> None:
    def at(seen: int) -> Snapshot:
        return Snapshot(Memory({}, {}, 0, 0, seen=seen))

    _save(tmp_path / "memory.json", {"edge0": at(1), "edge1": at(1), "edge2": at(1)})
    _save(tmp_path / "memory-0.json", {"edge0": at(3), "edge1": at(2)})
    _save(tmp_path / "memory-1.json", {"edge0": at(2), "edge3": at(9)})
    _save(tmp_path / "memory-1-2.json", {"edge0": at(99)})
    names, known = {"edge0", "edge1", "edge2", "edge4"}, {"edge1": at(5), "edge0": at(2)}
    found = memories.load_newest(tmp_path / "memory-1.json", names, known)
    assert found == {"edge0": at(3), "edge1": at(5), "edge2": at(1)}
    others = memories.load_newest(tmp_path / "memory-1.json", names, known, and_others=True)
    assert others == {**found, "edge3": at(9)}
    assert memories.load_newest(tmp_path / "none" / "memory.json", names, {}) == {}
    assert memories.load_newest(None, names, {}) == {}


def test_another_template_goes_on_from_the_counters_and_voids_the_changes() -> None:
    kept = KEPT["edge0"]
    assert kept.fitting("shape") == kept
    other = kept.fitting("other")
    assert (other.configuration_hash, other.journal) == ("other", Journal(lost=12))
    assert other.memory.energies == {"meter0": ((1 << 60) + 100, 2), "ess0": (0, 200)}
    assert (other.memory.charges, other.memory.now) == ({"ess0": 3 + 200}, 14)
    assert other.memory.filters == {"ess0": (-20, None, 0)}
    assert (other.memory.registers, other.memory.answers) == ({}, {})


def test_a_file_of_no_edges_is_one(tmp_path: Path) -> None:
    _save(tmp_path / "memory.json", {})
    assert (tmp_path / "memory.json").read_bytes() == b"{}"


def test_a_file_that_was_not_written_to_its_end_leaves_the_last_one(tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    _save(file, KEPT)
    next(memories.saved(file, [*KEPT.items(), *KEPT.items()]))
    assert memories.load(file) == KEPT
