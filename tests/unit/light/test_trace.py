from __future__ import annotations

import json
import resource
import stat
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.light.host.trace import Trace
from tests.clock import Clock

if TYPE_CHECKING:
    from pathlib import Path


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_has_the_time_the_edge_what_happened_and_why(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "trace"
    trace = Trace(path, clock)
    trace.note("edge3", "connecting", "")
    clock.now = 101.5
    trace.note("edge3", "waiting", "nobody listens")
    trace.write()
    assert lines(path) == [[100.0, "edge3", "connecting"], [101.5, "edge3", "waiting", "nobody listens"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_only_the_first_message_of_a_connection_is_an_answer(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "trace"
    trace = Trace(path, clock)
    for _ in range(2):
        trace.note("edge0", "open")
        clock.now += 0.25
        trace.note("edge0", "heard")
        trace.note("edge0", "heard")
    trace.write()
    answers = [line for line in lines(path) if line[2] != "open"]
    assert answers == [[100.25, "edge0", "answered", 0.25], [100.5, "edge0", "answered", 0.25]]


def test_what_happened_before_is_noted_with_its_own_time(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "trace", Clock())
    trace.note("edge0", "ended", ago=75.0)
    trace.write()
    assert lines(tmp_path / "trace") == [[25.0, "edge0", "ended"]]


def test_each_line_is_written_once_and_kept_while_it_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    trace = Trace(folder / "trace", Clock())
    trace.note("edge0", "open")
    with pytest.raises(OSError, match="later"):
        trace.write()
    folder.mkdir()
    trace.write()
    trace.write()
    trace.note("edge0", "ended")
    trace.write()
    assert [line[2] for line in lines(folder / "trace")] == ["open", "ended"]


def test_of_lines_for_which_the_disk_has_no_room_none_is_half_written_and_none_is_written_twice(
    tmp_path: Path,
) -> None:
    path = tmp_path / "trace"
    trace = Trace(path, Clock())
    trace.note("edge0", "connecting")
    trace.write()
    trace.note("edge0", "open")
    trace.note("edge0", "connected")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 30, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            trace.write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [line[2] for line in lines(path)] == ["connecting"]
    trace.write()
    assert [line[2] for line in lines(path)] == ["connecting", "open", "connected"]
