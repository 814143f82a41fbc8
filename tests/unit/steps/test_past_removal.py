"""What a removal of pasts removes while the edges go on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.past_removal import PastRemoval
from tests.unit.steps.neighbours import LateHistory

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400_000


@pytest.fixture
def removal(tmp_path: Path) -> PastRemoval:
    """Of one edge that has sent a point a second ago, which the backend has not stored yet."""
    now = time.time_ns() // 1_000_000
    history: Any = LateHistory(waiting=[now - 1000], stored=[now - 2 * DAY])
    record = PastRecord(Record(tmp_path / "record.json"), history.describe())
    record.note({"edge3": Noted(now - 2 * DAY, now - DAY, now - DAY, DAY, "mark", is_whole=True)})
    return PastRemoval(None, history, record)


def test_what_was_sent_until_then_is_removed_and_what_edges_send_meanwhile_is_theirs(
    removal: PastRemoval,
) -> None:
    history: Any = removal.history
    removal.apply(removal.find())
    assert [at >= removal.record.removed()["edge3"] for at in history.stored] == [True]
