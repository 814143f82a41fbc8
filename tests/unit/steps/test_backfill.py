"""What a backfill refuses with which words, and what is noted when it is killed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.incidents import Incident
from edge_tasks.fleet.record import Record
from edge_tasks.history.described import mark
from edge_tasks.history.pasts import OPEN, Noted
from edge_tasks.history.schedule import count_of
from edge_tasks.light.engine.memory import Memory
from edge_tasks.light.host import memories
from edge_tasks.light.host.memories import Snapshot
from edge_tasks.steps.backfill import Asked, Backfill
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_writer import PastWriter
from tests.unit.made_of import blueprints, whole
from tests.unit.steps.neighbours import Lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from edge_tasks.timedata.span import Span

DAY = 86_400_000
QUARTER = 900_000
AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
EDGE = next(
    iter(blueprints(whole(Fleet("f", bytes(32), size=1, light=1))).described(Fleet("f", bytes(32), size=1).edges))
)
GAP = Incident(kinds.GAP, AUGUST + DAY, AUGUST + 2 * DAY)
LEFT = Incident(kinds.LEFT, AUGUST + 3 * DAY, AUGUST + 3 * DAY)
JOINED = Incident(kinds.JOINED, AUGUST + DAY, AUGUST + DAY)
PAST = Noted(AUGUST, AUGUST + 9 * DAY, AUGUST + 9 * DAY, QUARTER, mark(EDGE), is_whole=True)


@dataclass
class KilledHistory:
    """A history with points, at whose removal the step is killed."""

    counts: Mapping[str, int] = field(default_factory=dict)

    def describe(self) -> str:
        return "the history of a test"

    def count(self, _edges: Collection[str], _span: Span, _channel: str) -> Mapping[str, int]:
        return self.counts

    def occupied(self, edges: Collection[str], _span: Span) -> set[str]:
        return set(edges)

    def bytes_needed(self, points: int, _channels: int) -> int:
        return points

    def bytes_free(self) -> int | None:
        return None

    def delete(self, _edges: Collection[str], _span: Span) -> None:
        raise KeyboardInterrupt


class Host:
    def stop(self) -> bool:
        return False


def step_in(folder: Path, noted: Noted | None = PAST, *, begin: int = AUGUST, adopt: bool = False) -> Backfill:
    history: Any = KilledHistory({EDGE.name: count_of(noted)} if noted else {})
    record = PastRecord(Record(folder / "record.json"), history.describe())
    if noted:
        record.note({EDGE.name: noted})
    writer = PastWriter(history, record, folder / "memory.json", 1, Lines())
    asked, host = Asked(begin, OPEN, QUARTER, ZoneInfo("UTC"), adopt), Host()
    untyped: Any = host
    return Backfill(asked, {EDGE.name: EDGE}, (), untyped, lambda: None, writer, Lines())


def hint_of(step: Backfill) -> str:
    refusal = step.find().refusal
    assert refusal is not None
    return refusal.hint


def test_killed_while_it_removes_a_past_it_still_knows_where_that_began(tmp_path: Path) -> None:
    step = step_in(tmp_path, begin=AUGUST + DAY, adopt=True)
    plan = step.find()
    with pytest.raises(KeyboardInterrupt):
        step.apply(plan)
    assert step.writer.record.read() == {EDGE.name: PAST}


@pytest.mark.parametrize(
    ("incidents", "texts"),
    [
        ((GAP,), ["gap edges=0 from=2025-08-02T00:00:00+00:00 to=2025-08-03T00:00:00+00:00"]),
        (
            (JOINED, LEFT),
            ["joined edges=0 at=2025-08-02T00:00:00+00:00", "left edges=0 at=2025-08-04T00:00:00+00:00"],
        ),
    ],
)
def test_incidents_that_were_not_typed_again_are_named_as_they_are_typed(
    tmp_path: Path, incidents: tuple[Incident, ...], texts: list[str]
) -> None:
    begin = kinds.joined_at(incidents, AUGUST)
    hint = hint_of(step_in(tmp_path, replace(PAST, begin=begin, incidents=incidents)))
    again = " ".join(f'--incident "{text}"' for text in texts)
    assert hint.startswith(f"type the incidents of this past again, for edge0: {again}; --adopt removes it")


def test_a_past_without_incidents_does_not_get_any_unless_it_is_written_anew(tmp_path: Path) -> None:
    hint = hint_of(replace(step_in(tmp_path), incidents={EDGE.name: (GAP,)}))
    assert hint.startswith("leave out the incidents, which this past does not have; --adopt removes it")


def test_other_differences_are_only_mended_by_another_past(tmp_path: Path) -> None:
    assert hint_of(step_in(tmp_path, begin=AUGUST + DAY)) == "--adopt removes it and writes the new one"


@pytest.mark.parametrize(
    ("incidents", "words"),
    [((), "--from"), ((Incident(kinds.JOINED, AUGUST + 2 * DAY, AUGUST + 2 * DAY),), "let it join at")],
)
def test_a_life_that_began_earlier_is_a_reason_to_begin_there(
    tmp_path: Path, incidents: tuple[Incident, ...], words: str
) -> None:
    step = replace(step_in(tmp_path, None, begin=AUGUST + DAY), incidents={EDGE.name: incidents})
    list(memories.saved(step.writer.memory_file, [(EDGE.name, Snapshot(Memory({}, {}, AUGUST, AUGUST)))]))
    assert hint_of(step).startswith(f"{words} 2025-08-01T00:00:00+00:00 or earlier; --adopt removes what it sent")
