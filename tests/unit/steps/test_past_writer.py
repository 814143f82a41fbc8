"""How fast pasts are sent to a backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps import past_processes
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_sender import PastSender
from edge_tasks.steps.past_writer import PastWriter, ToWrite
from edge_tasks.timedata.span import Span
from tests.unit.steps.neighbours import LateHistory, Lines

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400_000
NOTED = Noted(0, DAY, DAY, 900_000, "mark", is_whole=True)


@dataclass(frozen=True)
class Edge:
    name: str


@pytest.mark.parametrize(("edges", "each"), [(1, 2000), (2, 1000), (5, 500)])
def test_the_processes_that_there_are_share_what_a_backend_can_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edges: int, each: int
) -> None:
    used: list[Any] = []

    def write(_pasts: object, sink: PastSender, processes: int) -> Any:
        used.extend([sink.points_a_second, processes])
        return iter(())

    monkeypatch.setattr(past_processes, "write", write)
    history: Any = LateHistory()
    record = PastRecord(Record(tmp_path / "record.json"), history.describe())
    sender = PastSender("ws://here", {}, 2000)
    writer = PastWriter(history, record, tmp_path / "memory.json", 4, Lines(), sender)
    found: list[Any] = [Edge(f"edge{number}") for number in range(edges)]
    writer.write({edge.name: ToWrite(edge, NOTED, [Span(0, DAY)], ()) for edge in found})
    assert used == [each, min(edges, 4)]
