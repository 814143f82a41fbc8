"""What a backfill refuses with which words, and what is noted when it is killed."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
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

    from edge_tasks.timedata.span import Span

DAY = 86_400_000
HOUR = 3_600_000
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
    """A history with points, at whose removal the step is killed.

    Attributes:
        late: moments of points that its backend has not stored yet.
        stored: moments of those that are there.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)
    kills: bool = True

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

    def settle(self) -> None:
        self.stored, self.late = self.stored + self.late, []

    def delete(self, _edges: Collection[str], span: Span) -> None:
        self.stored = [at for at in self.stored if not span.begin <= at < span.end]
        if self.kills:
            raise KeyboardInterrupt


@dataclass
class Host:
    """What runs light edges.

    Attributes:
        kills: the step is killed when it has stopped them.
    """

    is_running: bool = False
    kills: bool = False
    interrupts: int = 0
    memory_file: Path = Path("unused")

    def runs(self) -> bool:
        return self.is_running

    def stop(self) -> bool:
        was_running, self.is_running = self.is_running, False
        if self.kills:
            raise KeyboardInterrupt
        return was_running

    def start(self) -> None:
        for _ in range(self.interrupts):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0)  # here Python would notice
        self.is_running = True


def step_in(  # noqa: PLR0913 - what is there, and what is asked for
    folder: Path,
    noted: Noted | None = PAST,
    *,
    begin: int = AUGUST,
    every: int = QUARTER,
    zone: str = "UTC",
    adopt: bool = False,
    host: Host | None = None,
) -> Backfill:
    history: Any = KilledHistory({EDGE.name: count_of(noted)} if noted else {})
    record = PastRecord(Record(folder / "record.json"), history.describe())
    if noted:
        record.note({EDGE.name: noted})
    writer = PastWriter(history, record, folder / "memory.json", 1, Lines())
    asked, host = Asked(begin, OPEN, every, ZoneInfo(zone), adopt), host or Host()
    return Backfill(asked, {EDGE.name: EDGE}, (), host, host.start, writer, Lines())


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


@pytest.mark.parametrize("host", [Host(is_running=True), Host(is_running=True, kills=True)])
def test_light_edges_go_on_when_people_have_had_enough_and_say_so_twice(tmp_path: Path, host: Host) -> None:
    host.interrupts = 2
    step = step_in(tmp_path, begin=AUGUST + DAY, adopt=True, host=host)
    with pytest.raises(KeyboardInterrupt):
        step.apply(step.find())
    assert host.is_running
    assert not step.writer.record.is_paused
    output: Any = step.output
    assert output.lines[-1].endswith("the light edges are started again, which takes a moment")


def test_light_edges_that_a_killed_run_has_stopped_go_on_after_the_next_one(tmp_path: Path) -> None:
    def killed() -> None:
        raise SystemExit

    host = Host(is_running=True)
    with pytest.raises(SystemExit):
        replace(step_in(tmp_path, begin=AUGUST + DAY, adopt=True, host=host), start=killed).apply(
            step_in(tmp_path, begin=AUGUST + DAY, adopt=True).find()
        )
    assert not host.runs()
    next_one = step_in(tmp_path, host=host)
    plan = next_one.find()
    assert (plan.changes, next_one.apply(plan)) == (("have the light edges go on",), "the light edges go on")
    assert host.runs()
    assert not next_one.find().changes


def test_light_edges_that_did_not_run_stay_as_they_are(tmp_path: Path) -> None:
    step = step_in(tmp_path, begin=AUGUST + DAY, adopt=True)
    with pytest.raises(KeyboardInterrupt):
        step.apply(step.find())
    assert not step.host.runs()
    assert step.find().changes == ("write the past of 1 edge",)


def test_what_edges_had_sent_that_ended_a_moment_ago_does_not_come_into_their_past(tmp_path: Path) -> None:
    step = step_in(tmp_path, begin=AUGUST + DAY, adopt=True)
    history: Any = step.writer.history
    history.late, history.kills = [time.time_ns() // 1_000_000 - 1000], False
    plan = step.find()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PastWriter, "write", lambda _self, _wanted: 0)
        step.apply(plan)
    assert (history.late, history.stored) == ([], [])


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


def test_a_past_of_something_else_is_only_mended_by_another_past(tmp_path: Path) -> None:
    step = step_in(tmp_path, replace(PAST, mark="of something else"), begin=AUGUST + DAY)
    assert hint_of(step) == "--adopt removes it and writes the new one"


@pytest.mark.parametrize(
    ("noted", "asked", "typed"),
    [
        (PAST, {"begin": AUGUST + DAY}, "--from 2025-08-01T00:00:00+00:00"),
        (PAST, {"every": 60_000}, "--every 15m"),
        (replace(PAST, zone="Africa/Kampala"), {"every": 60_000}, "--every 15m"),
        (
            replace(PAST, zone="Africa/Kampala"),
            {"begin": AUGUST + DAY},
            "--from 2025-08-01T03:00:00+03:00 --zone Africa/Kampala",
        ),
        (
            replace(PAST, zone="Africa/Kampala"),
            {"begin": AUGUST + DAY, "zone": "Africa/Kampala", "every": 60_000},
            "--from 2025-08-01T03:00:00+03:00 --every 15m",
        ),
    ],
)
def test_the_options_with_which_a_past_was_written_keep_it(
    tmp_path: Path, noted: Noted, asked: dict[str, Any], typed: str
) -> None:
    assert hint_of(step_in(tmp_path, noted, **asked)).startswith(
        f"type {typed} as for this past; --adopt removes"
    )


def test_incidents_alone_do_not_keep_a_past_that_began_at_another_moment(tmp_path: Path) -> None:
    past = replace(PAST, begin=AUGUST - 3 * HOUR, zone="Africa/Kampala")
    step = replace(step_in(tmp_path, past), incidents={EDGE.name: (GAP,)})
    typed = "--from 2025-08-01T00:00:00+03:00 --zone Africa/Kampala"
    assert hint_of(step).startswith(f"type {typed} as for this past, and leave out the incidents")


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
