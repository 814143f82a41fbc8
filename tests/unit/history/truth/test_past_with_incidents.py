"""What a backend answers about a past in which something went wrong follows from the points that are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.fleet import incidents as kinds
from edge_tasks.fleet.incidents import Incident
from edge_tasks.history.described import Lives
from edge_tasks.history.past import Past, points_of
from edge_tasks.history.truth.account import NOTHING, accounts_of
from edge_tasks.history.truth.answered import Bill, PastPoints, answers
from edge_tasks.history.truth.batch import Batch
from edge_tasks.history.truth.past_with_incidents import PastWithIncidents
from edge_tasks.history.truth.periods import LENGTHS, periods
from edge_tasks.history.truth.reasons import kind_of
from edge_tasks.history.truth.reckoning import WMS_PER_WH, Reckoning
from edge_tasks.history.truth.site import reckoned
from edge_tasks.openems.sources import NEVER
from edge_tasks.timedata.points import Points
from edge_tasks.timedata.series import EMPTY, Series
from edge_tasks.timedata.span import Span
from tests.unit.history.truth.edges import BATTERY, DAY, HOUSE, LIMIT, components_of, entries_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.history.truth.account import Account, Entry
    from edge_tasks.openems.configuration import Component

HOUR = 3_600_000
QUARTER = 900_000
BEGIN = 1_754_006_400_000  # 2025-08-01 in UTC
DAYS = 40
METER = "meter3/ActiveConsumptionEnergy"
OF_SUMS = {
    "consumption": "_consumption",
    "production": "_production",
    "buy": "_grid",
    "sell": "_grid",
    "charge": "_ess",
    "discharge": "_ess",
}
CLOCKS = [sign * shift for shift in (HOUR, 2 * QUARTER, 100_000) for sign in (1, -1)]


@dataclass(frozen=True)
class Edge:
    components: Sequence[Component]
    profile: Mapping[str, object] | None = None
    name: str = "edge3"

    def source_key(self, meter: str) -> str:
        return f"seed/{self.name}/{meter}"


HOME = Edge(components_of(BATTERY, limit=LIMIT), HOUSE)
STEADY = Edge(components_of(None, {"values": (500,), "timeDelta": -1}))


def past_of(edge: Edge, incidents: tuple[Incident, ...], days: int = DAYS) -> Past:
    begin, end = kinds.joined_at(incidents, BEGIN), BEGIN + days * DAY
    return Past(edge, begin, end, QUARTER, [Span(begin, end)], incidents)


def series_of(past: Past) -> dict[str, Series]:
    """What a history has when all points of a past have been written into it, one after the other."""
    stored: dict[str, dict[int, int]] = {}
    for points in points_of(past, Lives()):
        if isinstance(points, Points):
            for name, values in points.channels.items():
                stored.setdefault(name, {}).update(zip(points.times.tolist(), values.tolist(), strict=True))
    pairs = {name: np.array(sorted(each.items()), np.int64).T for name, each in stored.items()}
    return {name: Series(times, values) for name, (times, values) in pairs.items()}


def account_with(past: Past, bill: Bill) -> Account:
    points = PastPoints(past.begin, past.end, past.every)
    edge = past.edge
    keys = (edge.source_key(""),)
    batch = Batch(
        (edge.name,), keys, edge.components, edge.profile, points, past.end, (NEVER,), ((),), past.incidents
    )
    (found,) = accounts_of(batch, bill)
    return found


def bill_of(first: int, days: int, length: str, zone: str = "UTC", meters: int | None = None) -> Bill:
    place, start = ZoneInfo(zone), date(2025, 8, 1).toordinal() + first
    dates = date.fromordinal(start), date.fromordinal(start + days - 1)
    return Bill(periods(*dates, length, place), length, place, meters, BEGIN + 100 * DAY)


def entries(
    incidents: tuple[Incident, ...], bill: Bill, channel: str = METER, edge: Edge = STEADY
) -> list[Entry]:
    account = account_with(past_of(edge, incidents), bill)
    return [entry for entry in entries_in(account) if entry.channel == channel]


def at(day: float, kind: str, of: str = "") -> Incident:
    moment = BEGIN + round(day * DAY)
    return Incident(kind, moment, moment, of)


def span(day: float, end: float, kind: str, shift_ms: int = 0) -> Incident:
    return Incident(kind, BEGIN + round(day * DAY), BEGIN + round(end * DAY), "", shift_ms)


@st.composite
def troubles(draw: st.DrawFn) -> tuple[Incident, ...]:
    """Incidents that one edge may have: spans one after the other, resets at any time, a beginning and an end."""
    bounds = sorted(draw(st.lists(st.integers(1, DAYS * 96 * 3 - 1), min_size=0, max_size=8, unique=True)))
    moments = [BEGIN + bound * QUARTER // 3 for bound in bounds]
    found = []
    for begin, end in zip(moments[0::2], moments[1::2], strict=False):
        kind = draw(st.sampled_from([kinds.GAP, kinds.CLOCK, kinds.LATE, kinds.DUPLICATES]))
        shift = draw(st.sampled_from(CLOCKS)) if kind == kinds.CLOCK else 0
        found.append(Incident(kind, begin, end, "", shift))
    first, last = (moments[0], moments[-1]) if moments else (BEGIN + DAY, BEGIN + 30 * DAY)
    for moment in draw(st.lists(st.integers(first, last), max_size=3, unique=True)):
        kind, of = draw(
            st.sampled_from(
                [
                    (kinds.METER_REPLACED, "meter3"),
                    (kinds.METER_REPLACED, "meter1"),
                    (kinds.COUNTER_RESET, ""),
                    (kinds.COUNTER_RESET, "_sum/GridBuyActiveEnergy"),
                ]
            )
        )
        found.append(Incident(kind, moment, moment, of))
    if draw(st.booleans()):
        found.append(Incident(kinds.JOINED, first - QUARTER // 3, first - QUARTER // 3))
    if draw(st.booleans()) and last < BEGIN + DAYS * DAY - 2 * QUARTER:
        found.append(Incident(kinds.LEFT, last + QUARTER, last + QUARTER))
    return tuple(sorted(found, key=lambda one: (one.begin, one.end, one.kind, one.of)))


BILLS = st.builds(
    bill_of,
    st.integers(0, 20),
    st.integers(1, 18),
    st.sampled_from(LENGTHS),
    st.sampled_from(["UTC", "Europe/Berlin", "Africa/Kampala", "America/Santiago"]),
    st.sampled_from([None, 10]),
)


@settings(max_examples=25, deadline=None)
@given(troubles(), BILLS, st.sampled_from([HOME, STEADY]))
def test_the_points_that_are_written_give_the_answers_that_are_expected(
    incidents: tuple[Incident, ...], bill: Bill, edge: Edge
) -> None:
    past = past_of(edge, incidents)
    account = account_with(past, bill)
    channels = [one.channel for one in account.counters]
    (found,) = answers(bill, channels, [series_of(past)])
    expected = [[NOTHING if one is None else int(one) for one in each] for each in found]
    known = [period.end > past.begin for period in bill.periods]
    shown = account.answered[:, :, 0]
    assert shown[:, known].tolist() == np.array(expected)[:, known].tolist()


@settings(max_examples=12, deadline=None)
@given(troubles(), BILLS)
def test_what_was_used_is_the_same_whatever_went_wrong_as_long_as_the_edge_was_there(
    incidents: tuple[Incident, ...], bill: Bill
) -> None:
    wrong = tuple(one for one in incidents if one.kind not in {kinds.JOINED, kinds.LEFT})
    assert (
        account_with(past_of(HOME, wrong), bill).wh.tolist() == account_with(past_of(HOME, ()), bill).wh.tolist()
    )


@settings(max_examples=12, deadline=None)
@given(troubles())
def test_as_many_points_are_stored_as_are_counted(incidents: tuple[Incident, ...]) -> None:
    past = past_of(HOME, incidents)
    stored = series_of(past).get(METER, EMPTY)
    for some in (Span(past.begin, past.end), Span(past.begin + 3 * DAY + 7, past.begin + 9 * DAY)):
        assert past.count(some) == len(stored.between(some.begin, some.end).times)


@settings(max_examples=12, deadline=None)
@given(troubles())
def test_the_live_edge_goes_on_with_what_its_counters_show_at_the_end(incidents: tuple[Incident, ...]) -> None:
    past = past_of(HOME, incidents)
    *_, memory = points_of(past, Lives())
    assert not isinstance(memory, Points)
    assert (memory.now, memory.began) == (past.end, past.begin)
    expected = PastWithIncidents(PastPoints(past.begin, past.end, past.every), past.end, incidents)
    moments = sorted({past.begin, past.end, *expected.moments})
    site = reckoned(HOME.components, HOME.profile)
    energies = Reckoning(site.site, [HOME.source_key("")], past.begin).energies(moments)
    used = expected.used(energies, moments)
    for counter in site.counters:
        own_id = OF_SUMS.get(counter.energy, "") if counter.meter == "_sum" else counter.meter
        positive, negative = memory.energies[own_id]
        counted = negative if counter.energy in {"sell", "charge"} else positive
        shown = expected.shown(counter.channel, used[counter.place], moments, [past.end])
        assert counted // WMS_PER_WH == shown[0, 0] >= 0


def test_a_gap_has_no_answer_and_the_day_after_it_has_what_was_used_in_it() -> None:
    found = entries((span(3, 6, kinds.GAP),), bill_of(1, 9, "day"))
    assert [one.wh for one in found] == [12_000] * 9
    assert [one.answered for one in found] == [12_000, 12_000, None, None, None, 48_000, 12_000, 12_000, 12_000]
    words = "gap: 2025-08-04T00:00:00+00:00 to 2025-08-07T00:00:00+00:00"
    assert [one.why for one in found] == ["", "", words, words, words, words, "", "", ""]
    assert kind_of(words) == "gap"


def test_a_meter_that_was_replaced_leaves_out_its_day_and_makes_the_energy_of_the_month_negative() -> None:
    replaced = (at(30.5, kinds.METER_REPLACED, "meter3"),)
    before, day, after = entries(replaced, bill_of(29, 3, "day"))
    words = "meter replaced: 2025-08-31T12:00:00+00:00"
    assert (before.answered, before.why) == (12_000, "")
    assert (day.wh, day.answered, day.why) == (12_000, None, words)
    assert (after.wh, after.answered, after.why) == (12_000, 12_000, "")
    (month,) = entries(replaced, bill_of(0, 31, "month"))
    assert (month.wh, month.answered, month.why) == (31 * 12_000, 6_000 - 125 - 125, words)
    (rest,) = entries(replaced, bill_of(20, 11, "total"))
    assert rest.answered is not None
    assert rest.answered < 0
    other = [
        one
        for one in entries_in(account_with(past_of(STEADY, replaced), bill_of(0, 31, "month")))
        if one.meter != "meter3"
    ]
    assert all("replaced" not in one.why for one in other)


def test_an_edge_that_left_uses_nothing_until_it_goes_on_from_where_it_left() -> None:
    left = (at(10.5, kinds.LEFT),)
    found = entries(left, bill_of(9, 4, "day"))
    assert [(one.wh, one.answered) for one in found] == [(12_000, 12_000), (6_000, 6_000), (0, None), (0, None)]
    assert [one.why for one in found] == ["", "", *["left: 2025-08-11T12:00:00+00:00"] * 2]
    *_, memory = points_of(past_of(STEADY, left), Lives())
    assert not isinstance(memory, Points)
    assert memory.energies["meter3"][0] == 10.5 * 12_000 * 3_600_000


def test_an_edge_that_joined_has_counters_from_then_on() -> None:
    found = entries((at(10.5, kinds.JOINED),), bill_of(9, 4, "day"))
    assert [(one.wh, one.answered) for one in found] == [
        (None, None),
        (6_000, None),
        (12_000, 12_000),
        (12_000, 12_000),
    ]


@pytest.mark.parametrize("kind", [kinds.LATE, kinds.DUPLICATES])
def test_points_that_come_late_or_twice_change_nothing(kind: str) -> None:
    incidents = (span(3, 5, kind),)
    past = past_of(HOME, incidents)
    assert {name: (one.times.tolist(), one.values.tolist()) for name, one in series_of(past).items()} == {
        name: (one.times.tolist(), one.values.tolist())
        for name, one in series_of(replace(past, incidents=())).items()
    }
    assert entries(incidents, bill_of(1, 9, "day")) == entries((), bill_of(1, 9, "day"))
    times = [time for one in points_of(past, Lives()) if isinstance(one, Points) for time in one.times.tolist()]
    assert times != sorted(set(times))


def test_a_clock_that_is_an_hour_fast_moves_its_points_into_the_next_day() -> None:
    ahead = (span(3.25, 4, kinds.CLOCK, HOUR),)
    found = entries(ahead, bill_of(2, 4, "day"))
    assert [one.wh for one in found] == [12_000] * 4
    assert [one.answered for one in found] == [12_000, 11_500, 12_500, 12_000]
    assert [kind_of(one.why) for one in found] == ["", "clock", "clock", ""]


def test_several_incidents_in_a_period_are_named_one_after_the_other() -> None:
    several = (span(3, 4, kinds.GAP), at(5.5, kinds.COUNTER_RESET), at(6, kinds.METER_REPLACED, "meter1"))
    (month,) = entries(several, bill_of(0, 31, "month", "Africa/Kampala"))
    assert month.why == (
        "gap: 2025-08-04T03:00:00+03:00 to 2025-08-05T03:00:00+03:00; counter reset: 2025-08-06T15:00:00+03:00"
    )


def test_a_day_of_another_zone_is_explained_by_what_happened_on_the_day_of_utc() -> None:
    found = entries((at(5.9375, kinds.METER_REPLACED, "meter3"),), bill_of(4, 4, "day", "America/Santiago"))
    words = "meter replaced: 2025-08-06T18:30:00-04:00"
    assert [(one.period, one.answered, one.why) for one in found if one.answered is None] == [
        ("2025-08-05", None, words)
    ]
