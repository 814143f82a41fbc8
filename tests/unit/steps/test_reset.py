from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.reset import Reset
from edge_tasks.timedata.errors import HistoryError
from tests.unit.steps.neighbours import FLEET, Host, LateHistory, Lines, Status

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from edge_tasks.timedata.span import Span

NAMES = [edge.name for edge in FLEET.edges]
DAY = 86_400_000
BEGIN = 1_754_006_400_000
NOTED = Noted(BEGIN, BEGIN + 2 * DAY, BEGIN + 2 * DAY, DAY, "mark", is_whole=True)


@dataclass
class History:
    """A history of which it is noted what is removed, and that may refuse."""

    host: Host
    deleted: list[tuple[set[str], Span]] = field(default_factory=list)
    settled_without_edges: bool = False
    why: str = ""

    def describe(self) -> str:
        return "the history of a test"

    def settle(self) -> None:
        self.settled_without_edges = not self.host.running

    def delete(self, edges: Collection[str], span: Span) -> None:
        if self.why:
            raise HistoryError(self.why)
        self.deleted.append((set(edges), span))


class Scene:
    """A fleet that runs, and edge0 and edge9 of it have a past; edge9 has left it since."""

    def __init__(self, folder: Path) -> None:
        self.host = Host(FLEET, Status(), running=set(NAMES))
        found: Any = History(self.host)
        self.history: History = found
        self.output, self.record = Lines(), Record(folder / "record.json")
        self.past = PastRecord(self.record, found.describe())
        self.past.note({"edge0": NOTED, "edge9": NOTED})
        self.reset = Reset(NAMES, self.host, found, self.record, self.output)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_edges_are_ended_before_their_history_is_removed_up_to_now(scene: Scene) -> None:
    scene.reset.run()
    assert scene.host.running == set()
    assert scene.history.settled_without_edges
    ((names, span),) = scene.history.deleted
    assert names == {*NAMES, "edge9"}
    assert (span.begin, 0 <= time.time_ns() // 1_000_000 - span.end < 60_000) == (0, True)
    assert scene.past.read() == {}
    ((name, did, changed),) = scene.output.steps
    assert (name, changed) == ("reset", True)
    assert did == "3 edges begin anew, points removed from the history of a test"


def test_pasts_that_a_backfill_has_written_are_named_in_few_words(scene: Scene) -> None:
    assert scene.reset.pasts == "the past of 2 edges, since 2025-08-01T00:00:00+00:00"
    assert replace(scene.reset, history=None).pasts == ""
    scene.past.note({"edge1": replace(NOTED, until=NOTED.until + DAY)})
    assert scene.reset.pasts == "the past of 3 edges, since 2025-08-01T00:00:00+00:00"
    scene.past.note({"edge1": replace(NOTED, begin=BEGIN - DAY)})
    assert scene.reset.pasts == "the pasts of 3 edges, the earliest since 2025-07-31T00:00:00+00:00"
    scene.reset.run()
    assert scene.reset.pasts == ""


def test_one_edge_begins_anew(scene: Scene) -> None:
    replace(scene.reset, names=NAMES[:1], history=None).run()
    assert scene.output.steps[0][1] == "1 edge begins anew"


def test_edges_go_on_when_only_their_history_is_removed(scene: Scene) -> None:
    replace(scene.reset, edges=None).run()
    assert scene.host.running == set(NAMES)
    assert len(scene.history.deleted) == 1
    assert scene.output.steps[0][1] == "points removed from the history of a test"


def test_what_was_sent_until_then_is_removed_and_what_edges_send_meanwhile_is_theirs(scene: Scene) -> None:
    history: Any = LateHistory(waiting=[time.time_ns() // 1_000_000 - 1000])
    replace(scene.reset, edges=None, history=history).run()
    removed = PastRecord(scene.record, history.describe()).removed()
    assert [at >= removed["edge0"] for at in history.stored] == [True]


def test_a_backend_without_history_has_none_to_remove(scene: Scene) -> None:
    replace(scene.reset, history=None).run()
    assert scene.host.running == set()
    assert (scene.history.deleted, scene.output.steps[0][1]) == ([], "3 edges begin anew")


def test_a_reset_that_failed_in_the_middle_is_done_wholly_when_it_is_run_again(scene: Scene) -> None:
    scene.history.why = "the server does not answer"
    with pytest.raises(HistoryError):
        scene.reset.run()
    assert scene.past.read().keys() == {"edge0", "edge9"}, "what is still there is still noted"
    scene.history.why = ""
    scene.reset.run()
    assert scene.past.read() == {}
