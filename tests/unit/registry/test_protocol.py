from __future__ import annotations

from dataclasses import replace

from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.odoo.registry import registration_of, report_of
from edge_tasks.registry.odoo.reports import RowReport
from edge_tasks.registry.odoo.rows import Row, plan_registration, wanted_devices
from edge_tasks.registry.protocol import DeviceReport, Registration
from tests.unit.registry.found import row

FLEET = Fleet("fleet-1", bytes(range(32)), 2, reserve=1)


def rows(fleet: Fleet) -> list[Row]:
    return [row(device, number) for number, device in enumerate(wanted_devices(fleet))]


def planned(fleet: Fleet, found: list[Row]) -> Registration[object]:
    changes = registration_of(plan_registration(fleet, found))
    return Registration(**{**vars(changes), "details": None})


def test_a_new_fleet_is_added_with_its_reserve() -> None:
    found = planned(FLEET, [])
    assert (found.added, found.reserve_added, found.written) == (("edge0", "edge1"), ("edge2",), 3)
    assert str(found) == "2 added, 0 kept, 0 changed; 1 in reserve"
    assert not found.is_empty


def test_a_fleet_that_is_there_leaves_nothing_to_do() -> None:
    found = planned(FLEET, rows(FLEET))
    assert (found.is_empty, found.written) == (True, 0)
    assert str(found) == "0 added, 2 kept, 0 changed; 1 in reserve"


def test_new_keys_change_edges_and_reserve_and_are_told_apart() -> None:
    found = planned(replace(FLEET, key_generation=1), rows(FLEET))
    assert (found.changed, found.reserve_changed, found.written) == (("edge0", "edge1"), ("edge2",), 3)
    assert str(found) == "0 added, 0 kept, 2 changed; 1 in reserve, 1 of them changed"


def test_a_larger_fleet_takes_from_the_reserve_and_a_smaller_one_archives() -> None:
    larger = planned(replace(FLEET, size=3), rows(FLEET))
    assert (larger.unarchived, larger.reserve_added, larger.is_empty) == (("edge2",), ("edge3",), False)
    assert str(larger) == "0 added, 2 kept, 0 changed, 1 unarchived; 1 in reserve"
    smaller = planned(replace(FLEET, size=1, reserve=0), rows(FLEET))
    assert (smaller.archived, smaller.written, smaller.is_empty) == (("edge1",), 0, False)
    assert str(smaller) == "0 added, 1 kept, 0 changed, 1 archived; 0 in reserve"


def test_a_report_says_whether_the_key_is_the_edges_own_and_not_what_it_is() -> None:
    row = RowReport("edge0", "key", active=True, components=frozenset({"meter0"}), age_s=3.0)
    assert report_of(row, "key") == DeviceReport(
        is_active=True, key_is_own=True, components=frozenset({"meter0"}), message_age_s=3.0
    )
    assert not report_of(row, "another").key_is_own
    assert not report_of(row, None).key_is_own
    assert report_of(replace(row, components=None), "key").components is None
