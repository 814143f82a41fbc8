from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.light.host.memory_file import MemoryFile

if TYPE_CHECKING:
    from pathlib import Path


def at(seen: int) -> Snapshot:
    return Snapshot(Memory({}, {}, 0, 0, seen=seen))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of three edges."""
    file = tmp_path / "memory.json"
    list(memories.saved(file, [(f"edge{number}", at(number)) for number in range(3)]))
    return file


def test_an_edge_goes_on_from_what_the_file_has_of_it(path: Path) -> None:
    memory = MemoryFile(lambda: ())
    memory.read(path, {"edge1"})
    assert memory.take("edge1") == at(1)


def test_an_edge_that_is_seen_for_the_first_time_begins_now(path: Path) -> None:
    memory = MemoryFile(lambda: ())
    memory.read(path, {"edge7"})
    found = memory.take("edge7").memory
    assert found.began == found.now
    assert found.began


def test_what_is_kept_of_edges_that_do_not_run_is_kept_on(path: Path) -> None:
    memory = MemoryFile(lambda: [("edge1", at(10))])
    memory.read(path, {"edge1"})
    memory.take("edge1")
    memory.put({"edge4": at(4)})
    asyncio.run(memory.write(path))
    assert memories.load(path) == {"edge0": at(0), "edge1": at(10), "edge2": at(2), "edge4": at(4)}


def test_an_edge_that_comes_back_goes_on_from_what_another_part_has_kept_meanwhile(path: Path) -> None:
    memory = MemoryFile(lambda: ())
    memory.read(path, set())
    list(memories.saved(path.with_name("memory-1.json"), [("edge2", at(20))]))
    memory.read(path, {"edge2"})
    assert memory.take("edge2") == at(20)


def test_a_file_that_was_not_read_is_not_replaced(path: Path) -> None:
    asyncio.run(MemoryFile(lambda: ()).write(path))
    assert memories.load(path).keys() == {"edge0", "edge1", "edge2"}


def test_it_is_due_at_first_and_again_when_it_is_marked(path: Path) -> None:
    memory = MemoryFile(lambda: ())
    memory.read(path, set())
    found = [memory.is_due]
    asyncio.run(memory.write(path))
    found.append(memory.is_due)
    memory.mark()
    assert [*found, memory.is_due] == [True, False, True]


def test_one_that_cannot_be_written_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    memory = MemoryFile(lambda: [("edge0", at(0))])
    path = tmp_path / "missing" / "memory.json"
    memory.read(path, set())
    asyncio.run(memory.write(path))
    assert "the memory file cannot be written: No such file or directory" in caplog.text


def test_where_nothing_is_kept_all_edges_begin_now() -> None:
    memory = MemoryFile(lambda: ())
    memory.read(None, {"edge0"})
    asyncio.run(memory.write(None))
    assert memory.take("edge0").memory.began
