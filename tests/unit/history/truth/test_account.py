"""What is said of each period adds up, and what a backend answers about it is what was measured on a real one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge_tasks.history.truth.account import NOTHING, accounts_of
from edge_tasks.history.truth.answered import Bill, PastPoints, needed
from edge_tasks.history.truth.batch import Batch
from edge_tasks.history.truth.periods import LENGTHS, periods
from edge_tasks.history.truth.reasons import (
    BEFORE,
    CHANGED,
    ENDS,
    LAST,
    LIVE,
    NO_DAY_BEFORE,
    NOT_BACKFILLED,
    NOT_KEPT,
    NOT_RECKONED,
    SAME,
    UTC_DAYS,
)
from edge_tasks.history.truth.reckoning import WMS_PER_WH, Reckoning
from edge_tasks.history.truth.site import reckoned
from edge_tasks.openems.sources import NEVER
from edge_tasks.timedata import aggregated, answer
from edge_tasks.timedata.aggregated import Present
from edge_tasks.timedata.question import Question
from edge_tasks.timedata.resolution import Resolution
from edge_tasks.timedata.series import Series
from tests.unit.history.truth.edges import BATTERY, DAY, HOUSE, LIMIT, component, components_of, entries_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.history.truth.account import Account, Entry
    from edge_tasks.openems.configuration import Component

AUGUST = 1_754_006_400_000  # 2025-08-01 in UTC
QUARTER = 900_000
HOUSE_METER = "meter3/ActiveConsumptionEnergy"
ZONES = ("UTC", "Europe/Berlin", "Africa/Kampala", "Australia/Lord_Howe", "America/Santiago")
COMPONENTS = components_of(BATTERY, limit=LIMIT)
STEADY = components_of(None, {"values": (500,), "timeDelta": -1})


def batch_of(
    components: Sequence[Component],
    profile: Mapping[str, object] | None = None,
    begin: int = AUGUST,
    days: int = 150,
    changed: int = NEVER,
) -> Batch:
    end = begin + days * DAY
    points = PastPoints(begin, end, QUARTER)
    return Batch(("edge3",), ("seed/edge3/",), components, profile, points, end, (changed,), ((),))


def bill_of(first: date, last: date, length: str, zone: str = "UTC", meters: int | None = None) -> Bill:
    place = ZoneInfo(zone)
    return Bill(periods(first, last, length, place), length, place, meters, AUGUST + 200 * DAY)


def account_of(batch: Batch, bill: Bill) -> Account:
    (account,) = accounts_of(batch, bill)
    return account


def october(length: str, zone: str, components: Sequence[Component] = STEADY) -> list[Entry]:
    """What is said of the meter of 500 W, on which billing was measured with a real backend."""
    bill = bill_of(date(2025, 10, 1), date(2025, 10, 31), length, zone)
    return [one for one in entries_in(account_of(batch_of(components), bill)) if one.channel == HOUSE_METER]


def test_the_energy_of_a_month_lacks_what_is_before_the_first_and_after_the_last_point() -> None:
    (utc,), (berlin,) = october("month", "UTC"), october("month", "Europe/Berlin")
    assert (utc.wh, utc.answered, utc.why) == (372_000, 371_750, ENDS)
    assert (berlin.wh, berlin.answered, berlin.why) == (372_500, 372_250, ENDS)


def test_days_in_utc_are_answered_right() -> None:
    assert {(day.wh, day.answered, day.why) for day in october("day", "UTC")} == {(12_000, 12_000, SAME)}


def test_days_of_kampala_are_answered_as_days_of_utc_and_the_last_one_lacks_three_hours() -> None:
    *days, last = october("day", "Africa/Kampala")
    assert {(day.wh, day.answered, day.why) for day in days} == {(12_000, 12_000, SAME)}
    assert (last.wh, last.answered, last.why) == (12_000, 10_500, UTC_DAYS)


def test_the_day_of_25_hours_is_answered_as_one_of_24() -> None:
    found = {day.period: day for day in october("day", "Europe/Berlin")}
    assert (found["2025-10-26"].wh, found["2025-10-26"].answered) == (12_500, 12_000)
    assert found["2025-10-26"].why == UTC_DAYS


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("battery", [True, False])
def test_days_add_up_to_months_and_months_to_the_total(zone: str, *, battery: bool) -> None:
    components = COMPONENTS if battery else components_of(None)
    first, last = date(2025, 8, 20), date(2025, 12, 3)
    sums = {}
    for length in LENGTHS:
        account = account_of(batch_of(components, HOUSE), bill_of(first, last, length, zone))
        sums[length] = account.wh.sum(axis=1).tolist()
    assert sums["day"] == sums["month"] == sums["year"] == sums["total"]
    site = reckoned(components, HOUSE)
    (whole,) = bill_of(first, last, "total", zone).periods
    counters = Reckoning(site.site, ["seed/edge3/"], AUGUST).energies([whole.begin, whole.end]) // WMS_PER_WH
    places = [one.place for one in site.counters]
    assert sums["total"] == (counters[:, 1] - counters[:, 0])[places].tolist()


def test_each_month_is_the_sum_of_its_own_days() -> None:
    first, last = date(2025, 9, 1), date(2025, 10, 31)
    days, months = (
        account_of(batch_of(COMPONENTS, HOUSE), bill_of(first, last, length, "America/Santiago"))
        for length in ("day", "month")
    )
    assert np.array_equal(days.wh[:, :30].sum(axis=1), months.wh[:, 0])
    assert np.array_equal(days.wh[:, 30:].sum(axis=1), months.wh[:, 1])


def of_day(day: date, zone: str) -> Entry:
    entries = entries_in(account_of(batch_of(STEADY, days=290), bill_of(day, day, "day", zone)))
    return next(one for one in entries if one.channel == HOUSE_METER)


@pytest.mark.parametrize(
    ("zone", "day", "half_hours"),
    [
        ("Europe/Berlin", date(2025, 10, 26), 50),
        ("Africa/Kampala", date(2025, 10, 26), 48),
        ("Australia/Lord_Howe", date(2025, 10, 5), 47),
        ("America/Santiago", date(2025, 9, 7), 46),
    ],
)
def test_a_day_on_which_clocks_change_has_what_was_used_on_it(zone: str, day: date, half_hours: int) -> None:
    assert of_day(day, zone).wh == 250 * half_hours


def test_households_add_up_to_the_edge() -> None:
    account = account_of(batch_of(COMPONENTS, HOUSE), bill_of(date(2025, 8, 1), date(2025, 11, 30), "day"))
    rows = dict(
        zip(((one.meter, one.energy) for one in account.counters), account.wh.sum(axis=(1, 2)), strict=True)
    )
    homes = rows["meter2", "consumption"] + rows["meter3", "consumption"]
    assert abs(homes - rows["_sum", "consumption"]) <= 1  # each counter shows whole watt hours
    assert rows["meter1", "production"] == rows["_sum", "production"]
    made = rows["_sum", "production"] + rows["_sum", "buy"] + rows["_sum", "discharge"]
    used = rows["_sum", "consumption"] + rows["_sum", "sell"] + rows["_sum", "charge"]
    assert abs(made - used) <= 5


BILLS = st.builds(
    lambda start, count, length, zone, meters: bill_of(
        date(2025, 8, 1) + timedelta(start), date(2025, 8, 1) + timedelta(start + count), length, zone, meters
    ),
    st.integers(0, 60),
    st.integers(0, 40),
    st.sampled_from(LENGTHS),
    st.sampled_from(ZONES),
    st.sampled_from([None, 10]),
)
POINTS = st.builds(
    lambda late, every: PastPoints(AUGUST + 20 * DAY + late, AUGUST + 120 * DAY + late, every),
    st.integers(0, DAY),
    st.sampled_from([QUARTER, 3_600_000, 7_000_000]),
)


@settings(max_examples=12, deadline=None)
@given(BILLS, POINTS)
@example(  # its last day begins at one o'clock, so that the question about it ends at one o'clock, too
    bill_of(date(2025, 8, 1), date(2025, 9, 7), "day", "America/Santiago"),
    PastPoints(AUGUST + 20 * DAY, AUGUST + 120 * DAY, QUARTER),
)
@example(
    bill_of(date(2025, 8, 1), date(2025, 9, 7), "day", "America/Santiago", 10),
    PastPoints(AUGUST + 20 * DAY, AUGUST + 120 * DAY, QUARTER),
)
@example(
    bill_of(date(2025, 8, 1), date(2025, 9, 7), "month", "America/Santiago", 10),
    PastPoints(AUGUST + 20 * DAY, AUGUST + 120 * DAY, QUARTER),
)
def test_the_few_points_that_are_reckoned_give_the_answer_that_all_points_give(
    bill: Bill, points: PastPoints
) -> None:
    components = components_of(None)
    batch = Batch(("edge3",), ("seed/edge3/",), components, HOUSE, points, points.until, (NEVER,), ((),))
    account = account_of(batch, bill)
    all_of = np.arange(points.begin, points.until, points.every)
    assert set(needed(bill, points)) <= set(all_of.tolist())
    site = reckoned(components, HOUSE)
    counters = Reckoning(site.site, batch.keys, points.begin).energies(all_of.tolist()) // WMS_PER_WH
    series = {one.channel: Series(all_of, counters[one.place, :, 0]) for one in site.counters}
    assert account.answered[:, :, 0].tolist() == asked(bill, series, account)


def asked(bill: Bill, series: Mapping[str, Series], account: Account) -> list[list[int]]:
    """What all points give, by counter and period."""
    channels, present = [one.channel for one in account.counters], Present(bill.now)
    if bill.is_daily:
        question = Question.of_days(bill.periods[0].first, bill.periods[-1].last, bill.zone, channels)
        day = Resolution(1, "DAYS")
        table = (
            answer.energy_per_period(question, series, day)
            if bill.meters is None
            else aggregated.energy_per_period(question, series, day, present, bill.meters)
        )
        rows = {time: place for place, time in enumerate(table.times)} if table else {}
        places = [rows.get(period.begin) for period in bill.periods]  # a skipped midnight adds a row at the end
        columns = table.columns if table else {}
        days = [[columns[name][place] if place is not None else None for place in places] for name in channels]
        return [[NOTHING if one is None else int(one) for one in each] for each in days]
    answered = []
    for period in bill.periods:
        question = Question.of_days(period.first, period.last, bill.zone, channels)
        answered.append(
            answer.energy(question, series)
            if bill.meters is None
            else aggregated.energy(question, series, present, bill.meters)
        )
    found = [[None if row is None else row[name] for row in answered] for name in channels]
    return [[NOTHING if one is None else int(one) for one in each] for each in found]


def test_an_aggregating_backend_answers_the_days_of_the_place_and_only_some_meters() -> None:
    components = [
        *components_of(None),
        component("meter10", "Simulator.NRCMeter.Acting", **{"datasource.id": "datasource3"}),
    ]
    bill = bill_of(date(2025, 10, 25), date(2025, 10, 27), "day", "Europe/Berlin", meters=10)
    entries = entries_in(account_of(batch_of(components, HOUSE), bill))
    assert {one.why for one in entries if one.meter == "meter10"} == {NOT_KEPT}
    assert all(one.answered is None for one in entries if one.meter == "meter10")
    assert {one.why for one in entries if one.meter != "meter10"} <= {SAME, LAST}


def test_the_first_day_of_a_past_has_no_answer_and_the_days_before_are_unknown_to_it() -> None:
    bill = bill_of(date(2025, 7, 30), date(2025, 8, 2), "day")
    found = [one for one in entries_in(account_of(batch_of(STEADY), bill)) if one.channel == HOUSE_METER]
    assert [(one.wh, one.answered, one.why) for one in found] == [
        (None, None, BEFORE),
        (None, None, BEFORE),
        (12_000, None, NO_DAY_BEFORE),
        (12_000, 12_000, SAME),
    ]


def test_after_the_past_meters_are_known_and_batteries_are_not() -> None:
    bill = bill_of(date(2025, 9, 1), date(2025, 9, 30), "month")
    found = entries_in(account_of(batch_of(COMPONENTS, HOUSE, days=40), bill))
    assert {one.why for one in found} == {LIVE}
    assert {one.answered for one in found} == {None}
    lacking = {one.energy for one in found if one.wh is None}
    assert lacking == {"buy", "sell", "charge", "discharge"}


def test_nothing_is_said_of_what_follows_a_change_that_people_made() -> None:
    bill = bill_of(date(2025, 9, 1), date(2025, 10, 31), "month")
    found = entries_in(account_of(batch_of(STEADY, days=35, changed=AUGUST + 62 * DAY), bill))
    assert {(one.period, one.why, one.wh is None) for one in found} == {
        ("2025-09", LIVE, False),
        ("2025-10", CHANGED, True),
    }


def test_an_edge_that_only_lived_has_the_truth_of_its_meters() -> None:
    batch = Batch(("edge3",), ("s/edge3/",), STEADY, None, PastPoints(AUGUST, AUGUST, 1), AUGUST, (NEVER,), ((),))
    found = entries_in(account_of(batch, bill_of(date(2025, 8, 1), date(2025, 8, 1), "total")))
    assert {one.why for one in found} == {NOT_BACKFILLED}
    assert next(one.wh for one in found if one.channel == HOUSE_METER) == 12_000


def test_several_batteries_are_not_reckoned_but_meters_are() -> None:
    components = [*COMPONENTS, component("ess1", "Simulator.EssSymmetric.Reacting", **BATTERY)]
    account = account_of(batch_of(components, HOUSE), bill_of(date(2025, 9, 1), date(2025, 9, 30), "month"))
    assert account.unknown == "several batteries"
    for one in entries_in(account):
        is_moved = one.energy in {"buy", "sell", "charge", "discharge"}
        assert (one.why == NOT_RECKONED) == (one.wh is None) == is_moved
