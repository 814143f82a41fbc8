from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import RegistrationError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.odoo.reports import read_reports
from edge_tasks.registry.odoo.rows import RowChanges, plan_registration
from edge_tasks.registry.odoo.server import Database
from edge_tasks.registry.odoo.table import has_table, read_rows, register

if TYPE_CHECKING:
    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

FLEET = Fleet("fleet-1", bytes(range(32)), 2, reserve=1)


@pytest.fixture
def database(postgres: PostgresServer, device_table: psycopg.Connection[Any]) -> Database:
    """The device table, empty."""
    assert device_table.execute("SELECT count(*) FROM openems_device").fetchone() == (0,)
    return Database("127.0.0.1", postgres.port, postgres.user, postgres.password)


def apply(database: Database, fleet: Fleet, *, adopt: bool = False) -> RowChanges:
    planned = plan_registration(fleet, read_rows(database), adopt=adopt)
    register(database, planned)
    return planned


def test_a_row_is_as_odoo_itself_makes_it(database: Database, device_table: psycopg.Connection[Any]) -> None:
    apply(database, FLEET)
    row = device_table.execute(
        "SELECT apikey, active, name_number, oem, create_uid, write_uid, comment, setup_password,"
        " create_date = write_date, abs(extract(epoch FROM now() AT TIME ZONE 'UTC' - create_date)) < 600"
        " FROM openems_device WHERE name = 'edge1'"
    ).fetchone()
    assert row is not None
    assert row[:7] == (FLEET.edge(1).apikey, True, 1, "openems", 2, 2, "OpenEMS Edge #1")
    assert re.fullmatch(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", row[7])
    assert row[8:] == (True, True)


def test_again_there_is_nothing_to_do(database: Database) -> None:
    apply(database, FLEET)
    assert plan_registration(FLEET, read_rows(database)).is_empty


def test_surplus_is_archived_and_comes_back_with_its_key(database: Database) -> None:
    apply(database, FLEET)
    apply(database, replace(FLEET, size=1))
    assert {row.name: row.active for row in read_rows(database)} == {
        "edge0": True,
        "edge1": False,
        "edge2": False,
    }
    apply(database, FLEET)
    assert {row.name: row.active for row in read_rows(database)}["edge1"] is True
    assert plan_registration(FLEET, read_rows(database)).is_empty


def test_an_invisible_row_of_a_script_is_adopted_and_becomes_visible(
    database: Database, device_table: psycopg.Connection[Any]
) -> None:
    device_table.execute("INSERT INTO openems_device (name, apikey, comment) VALUES ('edge0', 'k', 'Miller')")
    with pytest.raises(RegistrationError, match="Miller"):
        plan_registration(FLEET, read_rows(database))
    apply(database, FLEET, adopt=True)
    assert plan_registration(FLEET, read_rows(database)).is_empty
    assert read_rows(database)[0].comment == "Miller"


def test_a_row_that_fails_leaves_nothing_behind(
    database: Database, device_table: psycopg.Connection[Any]
) -> None:
    planned = plan_registration(FLEET, [])
    device_table.execute("INSERT INTO openems_device (name, apikey) VALUES ('edge1', 'k')")
    with pytest.raises(RegistrationError) as refused:
        register(database, planned)
    assert FLEET.edge(1).apikey not in refused.value.message
    assert [row.name for row in read_rows(database)] == ["edge1"]


@pytest.mark.usefixtures("database")
def test_a_wrong_password_is_refused_without_telling_it(postgres: PostgresServer) -> None:
    wrong = Database("127.0.0.1", postgres.port, postgres.user, "WRONGPASSWORD")
    with pytest.raises(RegistrationError) as refused:
        read_rows(wrong)
    assert refused.value.exit_code == 5
    assert "WRONGPASSWORD" not in refused.value.message
    assert not has_table(wrong)


def test_a_missing_table_and_a_missing_database_are_told_apart(postgres: PostgresServer) -> None:
    without_table = Database("127.0.0.1", postgres.port, postgres.user, postgres.password, "postgres")
    with pytest.raises(RegistrationError, match="openems_device") as refused:
        read_rows(without_table)
    assert "inv odoo-init" in refused.value.hint
    with pytest.raises(RegistrationError, match="nowhere"):
        read_rows(replace(without_table, name="nowhere"))


def test_ten_thousand_edges_are_registered_in_one_go(database: Database) -> None:
    fleet = replace(FLEET, size=10_000)
    apply(database, fleet)
    assert len(read_rows(database)) == 10_001
    assert plan_registration(fleet, read_rows(database)).is_empty


def test_devices_with_the_same_configuration_are_reported_to_have_the_same_components(
    database: Database, device_table: psycopg.Connection[Any]
) -> None:
    fleet = replace(FLEET, size=5)
    apply(database, fleet)
    configs = {"edge0": ("a", "b"), "edge1": ("c",), "edge2": ("a", "b"), "edge3": ()}
    for name, components in configs.items():
        config = json.dumps({"components": {key: {} for key in components}})
        device_table.execute("UPDATE openems_device SET openems_config = %s WHERE name = %s", (config, name))
    found = read_reports(database, [edge.name for edge in fleet.edges])
    assert {name: report.components for name, report in found.items()} == {
        **{name: frozenset(components) for name, components in configs.items()},
        "edge4": None,
    }
