"""What inv truth lists, writes and leaves out."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.history.described import mark
from edge_tasks.history.pasts import Noted
from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire.journal import Entry, Journal
from edge_tasks.steps.accounts import Accounts, KnownLife, Wanted, wanted
from edge_tasks.steps.truth import Truth
from tests.unit.history.truth.edges import entries_in
from tests.unit.made_of import blueprints, whole
from tests.unit.steps.neighbours import Lines

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.blueprints import DescribedEdge
    from edge_tasks.history.truth.account import Account

DAY = 86_400_000
HOUR = 3_600_000
AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
FLEET = Fleet("f", bytes(32), size=3, light=3)


def edges(zone: str = "UTC", households: int = 1) -> list[DescribedEdge]:
    group = replace(whole(FLEET, households=households), zone=zone)
    return list(blueprints(group).described(FLEET.edges))


def accounts(found: list[DescribedEdge], asked: Wanted | None = None, output: Lines | None = None) -> Accounts:
    noted = {
        one.name: Noted(AUGUST, AUGUST + 40 * DAY + 1, AUGUST + 40 * DAY + 1, 900_000, mark(one), is_whole=True)
        for one in found
    }
    now = AUGUST + 41 * DAY
    return Accounts(
        asked or wanted("", "", "", ""), found, (), noted, {}, None, now, 1, output or Lines(), _lacking={}
    )


def test_by_default_the_whole_days_of_the_pasts_are_listed_by_month() -> None:
    (account,) = accounts(edges()).read()
    assert account.edges == ("edge0", "edge1", "edge2")
    assert [(one.name, one.first, one.last) for one in account.periods] == [
        ("2025-08", date(2025, 8, 1), date(2025, 8, 31)),
        ("2025-09", date(2025, 9, 1), date(2025, 9, 9)),
    ]


def test_days_are_those_of_the_edges_group_unless_a_zone_is_typed() -> None:
    (own,) = accounts(edges("Africa/Kampala")).read()
    (typed,) = accounts(edges("Africa/Kampala"), wanted("", "", "", "Europe/Berlin")).read()
    assert (own.zone, typed.zone) == ("Africa/Kampala", "Europe/Berlin")


@pytest.mark.parametrize(("group", "zone"), [("UTC", "Africa/Kampala"), ("Europe/Berlin", "Europe/Berlin")])
def test_without_any_zone_the_days_are_those_in_which_the_past_was_typed(group: str, zone: str) -> None:
    some = accounts(edges(group))
    noted = {name: replace(one, zone="Africa/Kampala") for name, one in some.noted.items()}
    (account,) = replace(some, noted=noted).read()
    assert account.zone == zone


def test_edges_are_reckoned_alike_in_one_process_and_in_several() -> None:
    fleet = Fleet("f", bytes(32), size=21, light=21)
    found = list(blueprints(whole(fleet)).described(fleet.edges))
    asked = wanted("2025-08-03", "2025-08-03", "", "")
    one, two = (replace(accounts(found, asked), processes=count).read() for count in (1, 2))
    assert (len(one), len(two)) == (1, 2)
    entries = [[entry for account in some for entry in entries_in(account)] for some in (one, two)]
    assert entries[0] == entries[1]


def test_edges_without_a_usable_past_are_left_out_and_named() -> None:
    first, second, third = edges()
    full = accounts([first, second, third])
    noted = {
        "edge0": full.noted["edge0"],
        "edge1": replace(full.noted["edge1"], is_whole=False),
        "edge2": replace(full.noted["edge2"], mark="another"),
    }
    some = replace(full, noted=noted, others=["edge9"], _lacking={})
    found = some.read()
    assert [one.edges for one in found] == [("edge0",)]
    remarks = list(some.remarks(found))
    assert remarks[0] == "left out: edge9: real edges count by themselves"
    assert "edge1: their pasts are not whole" in remarks[1]
    assert "edge2: their pasts were written of another template, profile or seed" in remarks[2]
    assert remarks[2].endswith("→ the same inv backfill again, with --adopt")


def test_nothing_to_account_for_is_refused_with_what_to_type() -> None:
    with pytest.raises(SettingsError, match="edge0, edge1, edge2: they have not lived yet") as caught:
        replace(accounts(edges()), noted={}).read()
    assert caught.value.hint.startswith("inv backfill")


def test_pasts_that_are_there_and_cannot_be_used_are_the_reason_and_not_that_there_are_none() -> None:
    full = accounts(edges())
    noted = {name: replace(one, mark="another") for name, one in full.noted.items()}
    with pytest.raises(SettingsError, match="written of another template, profile or seed") as caught:
        replace(full, noted=noted).read()
    assert caught.value.hint == "the same inv backfill again, with --adopt"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("2030-01-01", ""), "no day is from 2030-01-01 to 2025-09-09, their last whole day"),
        (("", "2025-07-31"), "no day is from 2025-08-01 to 2025-07-31"),
    ],
)
def test_a_span_in_which_nothing_was_lived_is_the_reason(asked: tuple[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=f"{said}$") as caught:
        accounts(edges(), wanted(*asked, "", "")).read()
    assert caught.value.hint == "an earlier --from, or a later --to"


def test_a_fleet_of_edges_that_count_by_themselves_is_told_how_to_get_others() -> None:
    with pytest.raises(SettingsError, match="no light edge is meant: edge8, edge9 count by themselves") as caught:
        replace(accounts([]), others=("edge8", "edge9")).read()
    assert caught.value.hint.startswith("inv setup --light-edges")


def days_of(journal: Journal) -> tuple[Accounts, list[Account]]:
    """The last day of a past and the first one that an edge has lived, with a journal."""
    (edge, *_) = edges()
    asked = wanted("2025-09-09", "2025-09-10", "day", "")
    some = replace(accounts([edge], asked), lives={"edge0": KnownLife(AUGUST, journal)})
    return some, some.read()


def test_an_edge_whose_journal_lacks_something_is_named_and_unknown_from_then_on() -> None:
    some, found = days_of(Journal(lost=AUGUST + 40 * DAY + 7))
    assert list(some.remarks(found)) == [
        "the journal of edge0 lacks something, and nothing is known of what follows"
    ]
    last = [entry for entry in entries_in(found[0]) if entry.period == "2025-09-10"]
    assert {(entry.wh, entry.answered, entry.why) for entry in last} == {(None, None, "changed")}


def test_a_journal_that_begins_before_the_past_ends_is_not_said_to_be_followed() -> None:
    early = Command("meter3/ActivePower", 3_000, AUGUST + 40 * DAY)
    some, found = days_of(Journal((Entry(AUGUST + 39 * DAY, early),)))
    assert list(some.remarks(found)) == [
        "the journal of edge0 lacks something, and nothing is known of what follows"
    ]


def test_what_people_have_changed_is_followed_and_said() -> None:
    at = AUGUST + 40 * DAY + 10 * HOUR
    held = Command("meter3/ActivePower", 3_000, at + HOUR)
    calm, calm_found = days_of(Journal())
    some, found = days_of(Journal((Entry(at, held),)))
    assert list(calm.remarks(calm_found)) == []
    assert list(some.remarks(found)) == [
        "people have changed something on edge0: what their journals say is followed"
    ]
    before, after = (
        {(one.channel, one.period): one for one in entries_in(account)} for account in (calm_found[0], found[0])
    )
    moved = {key for key, one in after.items() if one != before[key]}
    assert moved == {
        ("meter3/ActiveConsumptionEnergy", "2025-09-10"),
        ("_sum/ConsumptionActiveEnergy", "2025-09-10"),
    }
    assert after["meter3/ActiveConsumptionEnergy", "2025-09-10"].why == "live"


def test_edges_stay_in_their_order_when_people_have_changed_one_in_the_middle(tmp_path: Path) -> None:
    some = replace(
        accounts(edges(), wanted("2025-09-01", "2025-09-10", "day", "")),
        lives={"edge1": KnownLife(AUGUST, Journal((Entry(AUGUST + 40 * DAY + 7, Command("a/b", 1, 2)),)))},
    )
    Truth(some, tmp_path / "truth.csv", Lines()).run()
    with (tmp_path / "truth.csv").open(newline="", encoding="utf-8") as file:
        names = [row["edge"] for row in csv.DictReader(file)]
    assert list(dict.fromkeys(names)) == ["edge0", "edge1", "edge2"]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("yesterday", "", "", ""), "--from is 'yesterday'"),
        (("", "2025-13-01", "", ""), "--to is '2025-13-01'"),
        (("2025-12-02", "2025-12-01", "", ""), "--from 2025-12-02 is after --to 2025-12-01"),
        (("", "", "week", ""), "--period is 'week'"),
        (("", "", "", "Berlin"), "there is no time zone 'Berlin'"),
    ],
)
def test_an_option_that_means_nothing_is_refused(typed: tuple[str, str, str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        wanted(*typed)
    assert caught.value.message == said
    assert caught.value.hint


def test_all_of_it_is_written_as_csv_or_json(tmp_path: Path) -> None:
    output = Lines()
    asked = Wanted(date(2025, 8, 2), date(2025, 8, 4), "day", ZoneInfo("Africa/Kampala"))
    for name in ("truth.csv", "truth.json"):
        Truth(accounts(edges(), asked, output), tmp_path / name, output).run()
    assert output.rows == []  # what is in a file is not printed once more
    with (tmp_path / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    documents = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert [
        {name: "" if value is None else str(value) for name, value in one.items()} for one in documents
    ] == rows
    assert {row["zone"] for row in rows} == {"Africa/Kampala"}
    assert {row["period"] for row in rows} == {"2025-08-02", "2025-08-03", "2025-08-04"}


def test_what_is_billed_comes_first() -> None:
    (account,) = accounts(edges(households=12)).read()
    meters = list(dict.fromkeys(entry.meter for entry in account.entries_of(0)))
    assert meters == [*(f"meter{number}" for number in range(1, 16) if f"meter{number}" in meters), "_sum"]
    assert {"meter3", "meter10"} < set(meters)


def test_a_file_with_another_ending_is_refused_before_anything_is_reckoned(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--output is"):
        Truth(replace(accounts(edges()), noted={}), tmp_path / "truth.txt", Lines()).run()


@pytest.mark.parametrize("name", ["truth.csv", "truth.json"])
def test_a_list_is_replaced_by_another_one_and_no_other_file_is(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    listing = Truth(accounts(edges()), path, Lines())
    listing.run()
    listing.run()
    for text in ("[1]\n", '[\n{"edge": "edge0"}\n]\n', "edge,meter\n"):
        path.write_text(text)
        with pytest.raises(SettingsError, match="which is no list of inv truth"):
            listing.run()
        assert path.read_text() == text
