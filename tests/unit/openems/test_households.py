from __future__ import annotations

from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.fleet.limits import MOST_HOUSEHOLDS
from edge_tasks.openems.configuration import Component, Configuration, configuration
from edge_tasks.openems.energies import COUNTERS
from edge_tasks.openems.households import consumption_meters, household_files, not_aggregated
from edge_tasks.openems.release import RELEASES

TAKEN = st.sets(st.builds("{}{}".format, st.sampled_from(["meter", "datasource"]), st.integers(0, 30)))
COUNTS = st.integers(0, MOST_HOUSEHOLDS)


def read(taken: set[str], count: int) -> Configuration:
    """The households as an edge would read them."""
    return configuration((path, text.encode()) for path, text in household_files(taken, count))


def test_ids_are_the_first_free_ones() -> None:
    taken = {"meter0", "meter2", "datasource0"}
    ids = [one.id for one in read(taken, 3).components]
    assert ids == ["datasource1", "datasource2", "datasource3", "meter1", "meter3", "meter4"]


@given(TAKEN, COUNTS)
def test_an_edge_reads_all_of_them_and_no_id_is_there_twice(taken: set[str], count: int) -> None:
    found = read(taken, count)
    assert found.ignored == ()
    assert len(found.components) == 2 * count
    assert not {one.id for one in found.components} & taken


@given(TAKEN, COUNTS, COUNTS)
def test_a_household_stays_the_same_when_others_follow_it(taken: set[str], fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    assert list(household_files(taken, more))[: 2 * fewer] == list(household_files(taken, fewer))


@given(TAKEN, COUNTS)
def test_each_has_a_datasource_and_a_power_of_its_own(taken: set[str], count: int) -> None:
    by_id = {one.id: one for one in read(taken, count).components}
    meters = [one for own_id, one in by_id.items() if own_id.startswith("meter")]
    powers = {by_id[one.text("datasource.id")].integers("values") for one in meters}
    assert len(powers) == count


def test_a_meter_waits_for_its_own_datasource_as_openems_itself_writes_it() -> None:
    [_, meter] = read({"meter0"}, 1).components
    assert meter.alias == "Household 1"
    target = f"(&(enabled=true)(!(service.pid={meter.pid}))(|(id=datasource0)))"
    assert meter.properties["datasource.target"] == target


def meter(own_id: str, factory: str = "Simulator.NRCMeter.Acting", **properties: bool) -> Component:
    return Component(own_id, factory, f"{factory}.{own_id}", "", properties)


def test_consumption_meters_are_the_enabled_ones_in_the_order_of_their_numbers() -> None:
    found = consumption_meters(
        [
            meter("meter10"),
            meter("meter9"),
            meter("meter1", "Simulator.ProductionMeter.Acting"),
            meter("meter0", "Simulator.GridMeter.Reacting"),
            meter("meter2", enabled=False),
        ]
    )
    assert [(one.id, one.alias) for one in found] == [("meter9", "meter9"), ("meter10", "meter10")]
    assert found[0].channel == f"meter9/{COUNTERS['consumption'].positive}"


@pytest.mark.parametrize(
    ("own_id", "since"),
    [
        ("meter9", RELEASES[0].since),
        ("meter10", "2026.1.0"),
        ("meter19", "2026.1.0"),
        ("meter20", None),
        ("house", None),
    ],
)
def test_it_is_known_from_which_release_on_the_aggregated_database_answers(
    own_id: str, since: str | None
) -> None:
    assert [one.aggregated_since for one in consumption_meters([meter(own_id)])] == [since]


def test_meters_that_the_aggregated_database_does_not_answer_are_named_by_release() -> None:
    def said(*numbers: int) -> tuple[str, ...]:
        return not_aggregated(consumption_meters(meter(f"meter{number}") for number in numbers))

    assert said(3, 9) == ()
    [old, new] = said(*range(3, 21))
    assert old.endswith("OpenEMS 2024.7.0 answers only for meter0 to meter9, so not for meter10 to meter20")
    assert new.endswith("OpenEMS 2026.1.0 answers only for meter0 to meter19, so not for meter20")


def test_every_file_lies_where_felix_looks_for_it() -> None:
    paths = [path for path, _ in household_files(set(), 20)]
    assert len(set(paths)) == 40
    assert {path.parent for path in paths} == {
        PurePosixPath("Simulator/NRCMeter/Acting"),
        PurePosixPath("Simulator/Datasource/Single/Direct"),
    }


def test_no_later_release_answers_for_fewer_meters() -> None:
    limits = [release.aggregated_meters for release in RELEASES]
    assert all(before <= after for before, after in pairwise(limits))
