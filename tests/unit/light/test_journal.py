"""What an edge notes of what people do to it."""

from __future__ import annotations

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire.config_changes import UPDATE, Change
from edge_tasks.light.wire.journal import MOST, Entry, Journal

CHANGE = Change(UPDATE, {}, "user0: Ann", "2026-11-23T22:08:54")


def held(value: int, end: int) -> Command:
    return Command("meter1/ActivePower", value, end)


NOTED = Journal().noting(10, held(4000, 70)).noting(11, CHANGE)


def test_a_value_that_is_written_again_while_it_holds_only_holds_for_longer() -> None:
    assert NOTED.noting(70, held(4000, 130)).entries == (Entry(10, held(4000, 130)), Entry(11, CHANGE))


def test_another_value_and_one_that_held_no_more_are_entries_of_their_own() -> None:
    assert NOTED.noting(20, held(9, 80)).entries[2:] == (Entry(20, held(9, 80)),)
    assert NOTED.noting(71, held(4000, 131)).entries[2:] == (Entry(71, held(4000, 131)),)


def test_a_full_journal_says_since_when_values_are_lost_and_still_keeps_changes() -> None:
    journal = Journal()
    for number in range(MOST):
        journal = journal.noting(number, held(number, number + 60))
    for at in (2000, 3000):
        journal = journal.noting(at, held(at, at + 60))
    assert (len(journal.entries), journal.lost) == (MOST, 2000)
    assert journal.noting(4000, CHANGE).entries[MOST:] == (Entry(4000, CHANGE),)


def test_with_another_template_it_is_only_known_since_when_something_was_changed() -> None:
    assert NOTED.voided() == Journal(lost=10)
    assert Journal(lost=7).voided() == Journal(lost=7)
    assert Journal().voided() == Journal()
