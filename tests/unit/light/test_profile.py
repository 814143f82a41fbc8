from __future__ import annotations

import importlib.util
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_tasks.openems.load_curve import NEVER, Kind, Profile, ProfileError, Source

if TYPE_CHECKING:
    from types import ModuleType

DAY = 86_400_000
MONDAY = 4 * DAY
DAYS = 20_000 * DAY
"""Some moments of 2024."""
HOUSE: dict[str, Any] = {
    "step_s": 300,
    "utc_offset_min": 60,
    "consumption": {
        "day": [1, 1, 1, 1, 1, 2, 4, 5, 4, 3, 3, 4, 5, 4, 3, 3, 4, 6, 8, 8, 7, 5, 3, 2],
        "weekend": {"00:00": 2, "11:00": 6, "19:30": 8},
        "scale": [0.5, 1.5],
        "shift_min": 60,
        "noise": 0.3,
    },
    "production": {
        "sun": {"rise": "06:00", "set": "20:00"},
        "scale": [0.9, 1],
        "shift_min": 20,
        "noise": 0.1,
        "clouds": [0.1, 0.6],
    },
}


class Meter(NamedTuple):
    content: dict[str, Any]
    kind: Kind
    value: int
    key: str


shares = st.floats(0, 1, width=16)
levels = st.lists(st.integers(0, 1000), min_size=2, max_size=30).filter(lambda found: sum(found[1:]) > 0)
steps = st.sampled_from([60, 300, 900])
pairs = st.tuples(shares, shares).map(sorted)
sections = st.fixed_dictionaries(
    {"day": levels},
    optional={"weekend": levels, "scale": pairs, "shift_min": st.integers(0, 720), "noise": shares},
)
suns = st.fixed_dictionaries(
    {"sun": st.just({"rise": "05:45", "set": "21:10"})},
    optional={"scale": pairs, "shift_min": st.integers(0, 720), "noise": shares, "clouds": pairs},
)
contents = st.fixed_dictionaries(
    {"step_s": steps, "consumption": sections, "production": suns | sections},
    optional={"utc_offset_min": st.integers(-840, 840)},
)
kinds = st.sampled_from(get_args(Kind))
values = st.integers(0, 1_000_000)
keys = st.integers(0, 10**6).map(lambda number: f"seed/edge{number}/meter{number % 7}")
meters = st.builds(Meter, contents, kinds, values, keys)
moments = st.integers(DAYS, DAYS + 14 * DAY)


def source(content: dict[str, Any], kind: Kind, value: int, key: str) -> Source:
    found = Profile.of(content).source(kind, value, key)
    assert found is not None
    return found


def energy(of: Source, begin: int, end: int) -> int:
    """W*ms, as a simulation adds it up."""
    total = 0
    while begin < end:
        until = min(end, of.until(begin))
        total += of.at(begin) * (until - begin)
        begin = until
    return total


@pytest.fixture(scope="module")
def integrator() -> ModuleType:
    """The second computation, which shares nothing with the first."""
    path = Path(__file__).resolve().parents[3] / "bench" / "energy.py"
    spec = importlib.util.spec_from_file_location("energy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@settings(deadline=None)
@given(meters, moments, shares)
def test_a_power_stays_until_the_moment_it_says(meter: Meter, now: int, share: float) -> None:
    found = source(*meter)
    until = found.until(now)
    assert until > now
    within = now + int((min(until, now + 30 * DAY) - now - 1) * share)
    assert found.at(within) == found.at(now)
    assert found.until(within) == until


@settings(deadline=None)
@given(meters, moments)
def test_a_power_is_a_whole_number_within_the_bounds(meter: Meter, now: int) -> None:
    bounds = Profile.of(meter.content).bounds(meter.kind, meter.value)
    assert bounds is not None
    power = source(*meter).at(now)
    assert type(power) is int
    assert 0 <= bounds[0] <= power <= bounds[1]


@settings(deadline=None)
@given(meters, moments)
def test_the_same_key_has_the_same_power_in_another_run(meter: Meter, now: int) -> None:
    one, other = source(*meter), source(*meter)
    assert (one.at(now), one.until(now)) == (other.at(now), other.until(now))


@settings(deadline=None, max_examples=50)
@given(meters, moments, st.integers(0, 2 * DAY))
def test_the_energy_is_what_a_second_computation_says_to_the_last_watt_millisecond(
    integrator: ModuleType, meter: Meter, begin: int, width: int
) -> None:
    counted = energy(source(*meter), begin, begin + width)
    assert counted == integrator.watt_ms(*meter, (begin, begin + width))


def test_the_second_computation_refuses_what_it_does_not_compute(integrator: ModuleType) -> None:
    content = {"zone": "Europe/Berlin", "consumption": {"day": [1, 1], "monday": [2, 2]}}
    with pytest.raises(ValueError, match="profiles with monday, zone are not computed here"):
        integrator.watt_ms(content, "consumption", 500, "s/e/m", (DAYS, DAYS + 1))


@settings(deadline=None, max_examples=50)
@given(meters, moments, st.lists(st.integers(0, DAY // 4), max_size=5))
def test_the_energy_does_not_depend_on_where_it_is_cut(meter: Meter, begin: int, widths: list[int]) -> None:
    found, cuts = source(*meter), [begin]
    for width in widths:
        cuts.append(cuts[-1] + width)
    assert sum(energy(found, *cut) for cut in pairwise(cuts)) == energy(found, cuts[0], cuts[-1])


@settings(deadline=None, max_examples=30)
@given(keys, st.integers(200, 100_000))
def test_a_working_day_of_consumption_is_its_mean_times_the_meter_s_scale(key: str, value: int) -> None:
    fixed = {**HOUSE, "consumption": {**HOUSE["consumption"], "scale": [0.8, 0.8]}}
    day = DAYS // (7 * DAY) * 7 * DAY + MONDAY + DAY
    counted = energy(source(fixed, "consumption", value, key), day, day + DAY)
    assert counted == pytest.approx(0.8 * value * DAY, rel=0.05)


def test_a_weekend_is_measured_by_the_working_day_s_mean() -> None:
    office = {"consumption": {"day": [2, 2], "weekend": [1, 1]}}
    found = source(office, "consumption", 1000, "s/e/m")
    monday = DAYS // (7 * DAY) * 7 * DAY + MONDAY + DAY // 2
    week = [found.at(monday + day * DAY) for day in range(7)]
    assert week == [1000] * 5 + [500] * 2


@settings(deadline=None)
@given(keys, st.integers(0, 3))
def test_the_sun_is_down_at_night_and_its_curve_smooth_by_day(key: str, day: int) -> None:
    clear = {**HOUSE, "production": {**HOUSE["production"], "noise": 0}}
    found = source(clear, "production", 10_000, key)
    powers = [found.at(DAYS + day * DAY + minute * 60_000) for minute in range(-60, 24 * 60 - 60)]
    assert set(powers[: 5 * 60 + 35] + powers[20 * 60 + 25 :]) == {0}
    assert 3_500 <= max(powers) <= 9_000
    assert max(abs(after - before) for before, after in pairwise(powers)) < 300


def test_the_peak_of_production_is_the_datasource_s_constant() -> None:
    clear = {"production": {"sun": {"rise": "06:00", "set": "20:00"}}}
    found = source(clear, "production", 3000, "s/e/m")
    assert max(found.at(DAYS + second * 1000) for second in range(0, 86_400, 60)) == 3000


def test_a_thousand_edges_are_not_a_thousand_copies() -> None:
    profile = Profile.of(HOUSE)
    for kind in get_args(Kind):
        found = [profile.source(kind, 50_000, f"seed/edge{number}/meter1") for number in range(1000)]
        noon = DAYS + DAY // 2
        days = {tuple(one.at(noon + hour * 3_600_000) for hour in range(-3, 4)) for one in found if one}
        assert len(days) == 1000
        assert len({one.until(noon) for one in found if one}) > 900, "they do not all change at once"


def test_meters_of_one_edge_share_its_weather_and_change_at_the_same_moment() -> None:
    clear = {"production": {"sun": {"rise": "06:00", "set": "20:00"}, "clouds": [0, 1]}}
    east, west = (source(clear, "production", 3000, f"seed/edge1/meter{number}") for number in (1, 2))
    moments = [DAYS + hour * DAY // 24 for hour in range(240)]
    assert [east.at(now) for now in moments] == [west.at(now) for now in moments]
    shifted = source(HOUSE, "consumption", 500, "seed/edge1/meter3")
    assert east.until(DAYS) == shifted.until(DAYS)
    assert len({east.at(now) for now in moments[12::24]}) == 10


def test_another_seed_makes_another_fleet() -> None:
    one, other = (source(HOUSE, "consumption", 500, f"{seed}/edge1/meter1") for seed in "ab")
    assert [one.at(DAYS + n * 600_000) for n in range(9)] != [other.at(DAYS + n * 600_000) for n in range(9)]


def test_these_powers_are_the_same_on_every_machine_and_in_every_version() -> None:
    made, used = (source(HOUSE, kind, 3000, "seed/edge17/meter1") for kind in get_args(Kind))
    moments = [DAYS + hour * 3_600_000 for hour in range(0, 24, 4)]
    assert [used.at(now) for now in moments] == [1277, 3768, 3184, 3250, 9339, 3463]
    assert [made.at(now) for now in moments] == [0, 0, 1239, 2382, 1100, 0]


def test_a_profile_leaves_alone_what_it_does_not_speak_of() -> None:
    profile = Profile.of({"consumption": HOUSE["consumption"]})
    assert profile.source("production", 3000, "s/e/m") is None
    assert profile.bounds("production", 3000) is None
    assert profile.source("consumption", -3000, "s/e/m") is None


def test_a_meter_of_0_w_never_changes() -> None:
    nothing = source(HOUSE, "production", 0, "s/e/m")
    assert (nothing.at(DAYS), nothing.until(DAYS)) == (0, NEVER)


def test_a_source_takes_little_memory() -> None:
    found = source(HOUSE, "production", 100_000, "seed/edge17/meter1")
    parts = [getattr(found, name) for name in found.__slots__ if name != "_shape"]
    assert sys.getsizeof(found) + sum(map(sys.getsizeof, parts)) <= 250


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ([], "it is .*keys with values: description, step_s"),
        ({}, "it describes no meter; allowed: production or consumption"),
        ({"noise": 1}, "there is no key noise; allowed: description, step_s"),
        ({"step_s": 7}, "step_s is 7; allowed: seconds that divide a day"),
        ({"step_s": 0}, "step_s is 0; allowed: a whole number from 1 to 3600"),
        ({"step_s": True}, "step_s is True"),
        ({"utc_offset_min": 900}, "utc_offset_min is 900; allowed: a whole number from -840 to 840"),
        ({"description": 1}, "description is 1; allowed: a text"),
        ({"production": 3}, "production is 3; allowed: keys with values: day"),
        ({"production": {}}, "production has no curve; allowed: day or sun"),
        ({"consumption": {}}, "consumption has no curve; allowed: day"),
        ({"consumption": {"sun": {}}}, r"no key consumption\.sun; allowed: day, weekend, scale"),
        ({"production": {"day": [1, 1], "sun": {}}}, "production has both day and sun"),
        ({"production": {"weekend": [1, 1], "sun": {}}}, "weekend beside sun"),
        ({"production": {"sun": {"rise": "06:00"}}}, r"production\.sun\.set is missing; allowed: a time"),
        ({"production": {"sun": {"rise": "6", "set": "7"}}}, r"production\.sun\.rise is '6'; allowed: a time"),
        ({"production": {"sun": {"rise": "20:00", "set": "06:00"}}}, "a sunset later"),
        ({"production": {"sun": {"rise": "12:01", "set": "12:02"}}}, "production has no value at any step"),
        ({"consumption": {"day": [0, 0]}}, "consumption has no value at any step of 300 s"),
        ({"consumption": {"day": [1]}}, r"consumption\.day is \[1\]; allowed: 2 to 1,440 numbers"),
        ({"consumption": {"day": "high"}}, r"consumption\.day is 'high'"),
        ({"consumption": {"day": [1, -1]}}, r"consumption\.day has -1 as number 2; allowed: a number from 0"),
        ({"consumption": {"day": [1, float("nan")]}}, "has nan as number 2"),
        ({"consumption": {"day": [1, True]}}, "has True as number 2"),
        ({"consumption": {"day": {"06:00": 1}}}, "allowed: 2 to 1,440 numbers"),
        ({"consumption": {"day": {"06:00": 1, "24:00": 1}}}, "has the time '24:00'; allowed: times such as"),
        ({"consumption": {"day": {"06:00": 1, "6:00": 1}}}, "has the repeated time '6:00'"),
        ({"consumption": {"day": {"06:00": 1, "07:00": "x"}}}, "has 'x' at 07:00; allowed: a number"),
        ({"consumption": {"day": {6: 1, 7: 1}}}, "has the time 6;"),
        ({"consumption": {"day": [1, 1], "noise": 1.1}}, r"consumption\.noise is 1\.1; allowed: a number from 0"),
        ({"consumption": {"day": [1, 1], "scale": [2, 1]}}, r"consumption\.scale is \[2, 1\]; .*lowest first"),
        ({"consumption": {"day": [1, 1], "scale": 2}}, r"consumption\.scale is 2; allowed: two numbers"),
        ({"consumption": {"day": [1, 1], "shift_min": 0.5}}, r"shift_min is 0\.5; allowed: a whole number"),
        ({"consumption": {"day": [1, 1], "weekend": None}}, r"consumption\.weekend is None"),
        ({"production": {"day": [1, 1], "clouds": [0, 2]}}, r"production\.clouds is \[0, 2\]"),
    ],
)
def test_a_profile_that_is_none_is_refused_with_its_key_and_what_is_allowed(change: Any, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        Profile.of(change)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["production", "consumption", "day", "sun", "scale", "6:00"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_a_file_holds_it_is_a_profile_or_refused_with_a_reason(content: Any) -> None:
    with suppress(ProfileError):
        Profile.of(content)
