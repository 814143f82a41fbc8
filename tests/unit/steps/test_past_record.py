"""What the record says of pasts, and of those that were removed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_record import PastRecord

if TYPE_CHECKING:
    from pathlib import Path

NOTED = Noted(0, 1, 1, 1, "", is_whole=True)


def test_of_a_past_that_was_removed_only_the_moment_stays(tmp_path: Path) -> None:
    record = PastRecord(Record(tmp_path / "record.json"), "here")
    there = PastRecord(record.record, "there")
    there.note({"edge1": NOTED})
    record.note({f"edge{index}": NOTED for index in (1, 2, 3, 10)})
    record.forget(["edge10", "edge2"], 5)
    record.forget(["edge3", "edge2"], 7)
    assert record.read().keys() == {"edge1"}
    assert record.removed() == {"edge10": 5, "edge2": 7, "edge3": 7}
    assert (there.read(), there.removed()) == ({"edge1": NOTED}, {})


def test_a_zone_that_was_typed_stays_with_its_past(tmp_path: Path) -> None:
    record = PastRecord(Record(tmp_path / "record.json"), "here")
    pasts = {"edge1": replace(NOTED, zone="Africa/Kampala"), "edge2": NOTED}
    record.note(pasts)
    assert record.read() == pasts


def test_other_places_are_those_of_the_same_edges(tmp_path: Path) -> None:
    record = PastRecord(Record(tmp_path / "record.json"), "here")
    PastRecord(record.record, "there").note({"edge1": NOTED})
    record.note({"edge2": NOTED})
    assert record.other_places(None) == record.other_places(["edge1", "edge2"]) == ["there"]
    assert record.other_places(["edge2"]) == []


def test_edges_alike_are_one_entry(tmp_path: Path) -> None:
    record = PastRecord(Record(tmp_path / "record.json"), "here")
    record.note({f"edge{index}": NOTED for index in (11, 9, 10, 2)})
    record.forget(["edge5", "edge4"], 7)
    entries = json.loads((tmp_path / "record.json").read_text())
    assert [entry["edges"] for entry in entries["history"]] == [[[2, 2], [9, 11]]]
    assert [entry["edges"] for entry in entries["removed"]] == [[[4, 5]]]
