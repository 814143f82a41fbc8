"""What is said of pasts when a fleet becomes smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.cli.pasts_left import indices_noted, left_by
from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_record import PastRecord

if TYPE_CHECKING:
    from pathlib import Path

NOTED = Noted(0, 1, 1, 1, "", is_whole=True)


def test_one_line_names_the_command_for_the_edges_that_went(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.json")
    PastRecord(record, "here").note({f"edge{index}": NOTED for index in (0, 3, 4, 5)})
    PastRecord(record, "there").note({"edge9": NOTED})
    assert indices_noted(record) == {0, 3, 4, 5, 9}
    (said,) = left_by(record, 4)
    assert said == (
        "the past of 3 edges that the fleet has no more stays where it was written"
        " → inv backfill --remove --edge 4-5,9"
    )
    assert list(left_by(record, 10)) == []


def test_a_fleet_that_never_had_a_past_reads_nothing(tmp_path: Path) -> None:
    assert list(left_by(Record(tmp_path / "record.json"), 0)) == []
