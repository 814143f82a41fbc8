"""What becomes of the pasts of edges that leave the fleet."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.cli.pasts_left import ask, indices_noted
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.record import Record
from edge_tasks.history.pasts import Noted
from edge_tasks.steps.past_record import PastRecord
from tests.unit.steps.neighbours import Lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from edge_tasks.timedata.span import Span

NOTED = Noted(5, 7, 7, 1, "", is_whole=True)


@dataclass
class World:
    """A fleet whose light edges have pasts in a place, which is the history and its storage at once."""

    record: Record
    light_names: frozenset[str]
    flags: set[str] = field(default_factory=set)
    outlives_edges: bool = True
    is_there: bool = True
    deleted: dict[str, int] = field(default_factory=dict)
    console: Lines = field(default_factory=lambda: Lines(is_screen=False))

    def history(self) -> World:
        if not self.is_there:
            raise SettingsError("no history")
        return self

    def describe(self) -> str:
        return "here"

    def delete(self, edges: Collection[str], span: Span) -> None:
        self.deleted |= dict.fromkeys(edges, span.begin)

    @property
    def past(self) -> PastRecord:
        return PastRecord(self.record, "here")

    def settle(self) -> None:
        """Of the history: no edge of these sends any more."""

    def settled(self) -> list[str]:
        session: Any = SimpleNamespace(
            target=SimpleNamespace(state=SimpleNamespace(record=self.record)),
            runtime=SimpleNamespace(storage=self, edges=SimpleNamespace(light_names=self.light_names)),
            flag=lambda name: name in self.flags,
            console=self.console,
        )
        self.console.lines.clear()
        ask(session)
        return list(self.console.lines)


@pytest.fixture
def world(tmp_path: Path) -> World:
    record = Record(tmp_path / "record.json")
    PastRecord(record, "here").note({f"edge{index}": NOTED for index in (0, 3, 4, 5, 9)})
    PastRecord(record, "there").note({"edge10": NOTED})
    return World(record, names(0, 1, 2, 3))


def names(*indices: int) -> frozenset[str]:
    return frozenset(f"edge{index}" for index in indices)


def test_one_line_says_once_that_they_stay_and_what_removes_them(world: World) -> None:
    assert indices_noted(world.record) == {0, 3, 4, 5, 9, 10}
    said = "the past of 3 edges that left the fleet stays in here → inv backfill --remove --edge 4-5,9"
    assert world.settled() == [said]
    assert (world.settled(), world.deleted) == ([], {})


def test_it_is_said_again_of_an_edge_that_came_back_and_left_again(world: World) -> None:
    stayed = world.light_names
    world.settled()
    world.light_names = stayed | names(4)
    assert world.settled() == []
    world.light_names = stayed
    assert len(world.settled()) == 1


def test_an_edge_that_is_no_light_one_any_more_has_left_too(world: World) -> None:
    world.light_names = names(1, 2, 3, 4, 5, 9)
    (said,) = world.settled()
    assert said.endswith("--edge 0")


def test_they_are_removed_when_people_want_it(world: World) -> None:
    world.flags.add("yes")
    assert world.settled() == []
    assert world.deleted == dict.fromkeys(["edge4", "edge5", "edge9"], NOTED.begin)
    assert world.past.read().keys() == {"edge0", "edge3"}
    assert world.console.steps == [("backfill", "removed the past of 3 edges", True)]
    assert PastRecord(world.record, "there").read().keys() == {"edge10"}


def test_where_a_history_goes_with_its_edge_it_is_only_noted(world: World) -> None:
    world.outlives_edges = False
    assert (world.settled(), world.deleted) == ([], {})
    assert world.past.read().keys() == {"edge0", "edge3"}
    assert world.past.removed().keys() == {"edge4", "edge5", "edge9"}


def test_where_no_history_can_be_seen_nothing_is_said(world: World) -> None:
    world.is_there = False
    assert world.settled() == []
