from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.errors import RegistrationError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems.configuration import Configuration
from edge_tasks.registry.odoo.rows import (
    LIGHT_VERSION,
    Row,
    plan_registration,
    wanted_devices,
)
from edge_tasks.registry.ownership import note_of
from edge_tasks.registry.protocol import fingerprint, unread
from tests.unit.registry.found import row

FLEET = Fleet("fleet-1", bytes(range(32)), 2, reserve=1)


def rows(fleet: Fleet = FLEET) -> list[Row]:
    return [row(device, number) for number, device in enumerate(wanted_devices(fleet), start=1)]


def test_an_empty_table_gets_the_fleet_and_its_archived_reserve() -> None:
    planned = plan_registration(FLEET, [])
    assert [(device.name, device.active) for device in planned.added] == [
        ("edge0", True),
        ("edge1", True),
        ("edge2", False),
    ]


def test_again_there_is_nothing_to_do() -> None:
    planned = plan_registration(FLEET, rows())
    assert planned.is_empty
    assert (planned.kept, planned.reserved) == (2, 1)


def test_a_larger_fleet_brings_its_reserve_back_and_adds_a_new_one() -> None:
    planned = plan_registration(replace(FLEET, size=3), rows())
    assert [found.name for found in planned.unarchived] == ["edge2"]
    assert [device.name for device in planned.added] == ["edge3"]
    assert not planned.changed


def test_a_smaller_fleet_archives_the_surplus() -> None:
    planned = plan_registration(replace(FLEET, size=1, reserve=0), rows())
    assert [found.name for found in planned.archived] == ["edge1"]


def test_the_demo_device_is_taken_over() -> None:
    demo = row(wanted_devices(FLEET)[0], apikey="DEMO_API_KEY", note=None)
    planned = plan_registration(FLEET, [demo])
    assert [change.row for change in planned.changed] == [demo]


def test_a_foreign_row_is_refused_with_its_facts_and_without_its_key() -> None:
    foreign = row(wanted_devices(FLEET)[0], number=77, apikey="SOMEONES_KEY", note=None, comment="Mr. Miller")
    with pytest.raises(RegistrationError) as refused:
        plan_registration(FLEET, [foreign])
    assert "edge0 (id 77, active, Mr. Miller)" in refused.value.message
    assert "SOMEONES_KEY" not in refused.value.message
    assert [c.row for c in plan_registration(FLEET, [foreign], adopt=True).changed] == [foreign]


def test_a_row_of_an_earlier_fleet_is_foreign() -> None:
    earlier = row(wanted_devices(FLEET)[0], apikey="x", note=note_of("another"))
    with pytest.raises(RegistrationError, match="another"):
        plan_registration(FLEET, [earlier])


def test_a_key_of_ours_elsewhere_is_refused_without_telling_it() -> None:
    thief = row(wanted_devices(FLEET)[0], name="edge99", note=None)
    with pytest.raises(RegistrationError) as refused:
        plan_registration(FLEET, [thief])
    assert "edge99" in refused.value.message
    assert thief.apikey not in refused.value.message


@pytest.mark.parametrize(
    "fault",
    [{"apikey": "other"}, {"active": None}, {"name_number": None}, {"oem": None}, {"setup_password": ""}],
    ids=lambda fault: next(iter(fault)),
)
def test_a_row_of_ours_that_is_not_as_odoo_makes_it_is_corrected(fault: dict[str, Any]) -> None:
    spoiled = [replace(rows()[0], **fault), *rows()[1:]]
    assert [change.row.name for change in plan_registration(FLEET, spoiled).changed] == ["edge0"]


def test_a_users_own_comment_is_left() -> None:
    named = [replace(rows()[0], comment="Roof of the school"), *rows()[1:]]
    assert plan_registration(FLEET, named).is_empty


def test_new_keys_change_every_row() -> None:
    assert len(plan_registration(replace(FLEET, key_generation=1), rows()).changed) == 3


def test_only_a_device_that_the_backend_has_not_read_is_unread() -> None:
    read = {device.name: fingerprint(device.apikey) for device in wanted_devices(FLEET)}
    assert unread(FLEET, read) == ()
    assert unread(replace(FLEET, size=3), read) == ()
    assert unread(replace(FLEET, size=5), read) == ("edge3", "edge4")
    assert unread(replace(FLEET, key_generation=1), read) == ("edge0", "edge1")


def test_light_edges_are_registered_with_their_version_and_others_without() -> None:
    fleet = replace(FLEET, light=1)
    versions = [device.version for device in wanted_devices(fleet)[: fleet.size]]
    assert versions == [None] * (fleet.size - 1) + [LIGHT_VERSION]
    assert {device.version for device in wanted_devices(FLEET)} == {None}


def test_the_version_of_a_row_is_the_one_that_a_light_edge_tells() -> None:
    assert model_of(Configuration((), ())).channels.constants["_meta/Version"] == LIGHT_VERSION


def test_a_row_has_the_version_of_the_release_in_use() -> None:
    fleet = replace(FLEET, light=1)
    versions = [device.version for device in plan_registration(fleet, [], light_version="2026.1.0").added]
    assert set(versions[: fleet.full]) == {None}
    assert set(versions[fleet.full :]) == {"2026.1.0"}


def test_a_foreign_row_is_named_with_all_that_is_known_of_it_and_what_can_be_done() -> None:
    strangers = [
        row(wanted_devices(FLEET)[0], 7, apikey="x", active=False, comment=None, note="mine"),
        row(wanted_devices(FLEET)[1], 8, apikey="y", comment="Roof", note=None),
    ]
    with pytest.raises(RegistrationError) as refused:
        plan_registration(FLEET, strangers)
    facts = "edge0 (id 7, archived, no comment, mine), edge1 (id 8, active, Roof)"
    assert refused.value.message.endswith(f" that do not belong to this fleet: {facts}")
    assert "--adopt" in refused.value.hint


@pytest.mark.parametrize(("foreign", "more"), [(5, ""), (6, " and 1 more"), (8, " and 3 more")])
def test_of_many_foreign_rows_five_are_named_and_the_rest_counted(foreign: int, more: str) -> None:
    fleet = replace(FLEET, size=8, reserve=0)
    strangers = [row(device, 1, apikey="x", note=None) for device in wanted_devices(fleet)[:foreign]]
    with pytest.raises(RegistrationError) as refused:
        plan_registration(fleet, strangers)
    named = refused.value.message.partition(" this fleet: ")[2]
    assert named.count("OpenEMS Edge #") == 5
    assert named.endswith(f"){more}")


def test_only_the_first_edge_may_have_the_key_of_the_demo_device() -> None:
    other = row(wanted_devices(FLEET)[1], apikey="DEMO_API_KEY", note=None)
    with pytest.raises(RegistrationError, match="edge1"):
        plan_registration(FLEET, [other])


def test_every_thief_of_a_key_is_named_with_whose_it_is_and_what_can_be_done() -> None:
    thieves = [
        row(device, 50 + n, name=f"edge{90 + n}", note=None) for n, device in enumerate(wanted_devices(FLEET)[:2])
    ]
    with pytest.raises(RegistrationError) as refused:
        plan_registration(FLEET, thieves)
    assert refused.value.message.endswith(
        ": edge90 (id 50) has the apikey of edge0, edge91 (id 51) has the apikey of edge1"
    )
    assert refused.value.hint.endswith("inv rotate-keys")


def test_a_taken_over_row_gets_our_note_whatever_note_it_had() -> None:
    for note in (None, "somebody's"):
        planned = plan_registration(FLEET, [replace(rows()[0], note=note), *rows()[1:]])
        assert [change.device.note for change in planned.changed] == [note_of(FLEET.id)]


def test_an_active_row_that_belongs_to_the_reserve_is_archived() -> None:
    planned = plan_registration(replace(FLEET, size=1, reserve=2), rows())
    assert [found.name for found in planned.archived] == ["edge1"]
    assert not planned.unarchived


@given(st.integers(1, 6), st.integers(0, 4), st.integers(1, 6), st.integers(0, 4))
def test_a_fleet_of_any_size_after_one_of_any_other_needs_just_its_own_rows(
    size: int, reserve: int, next_size: int, next_reserve: int
) -> None:
    before = replace(FLEET, size=size, reserve=reserve)
    after = replace(FLEET, size=next_size, reserve=next_reserve)
    planned = plan_registration(after, rows(before))
    active = {device.name for device in wanted_devices(before) if device.active}
    active |= {device.name for device in planned.added if device.active}
    active |= {found.name for found in planned.unarchived}
    active -= {found.name for found in planned.archived}
    assert active == {edge.name for edge in after.edges}
    assert planned.kept + len(planned.unarchived) + sum(d.active for d in planned.added) == next_size
    assert not planned.changed


def test_a_fingerprint_is_half_of_a_hash() -> None:
    assert fingerprint("key") == "2c70e12b7a0646f9"
