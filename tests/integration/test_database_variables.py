"""The ``PG*`` variables of a user's shell: each is hostile here, and none has a part in our connections."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from psycopg import pq

from edge_tasks.registry.odoo.server import Database, answers
from edge_tasks.registry.odoo.table import addon, has_table, read_rows
from edge_tasks.runtimes.embedded.schema import create_database
from tests.integration.stand_in import config_of, running

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

HOSTILE: Final = {
    "PGSERVICE": "prod",
    "PGSERVICEFILE": "/no/such/pg_service.conf",
    "PGSYSCONFDIR": "/no/such",
    "PGLOCALEDIR": "/no/such",
    "PGHOST": "192.0.2.1",
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1",
    "PGUSER": "somebody",
    "PGPASSWORD": "another",
    "PGPASSFILE": "/no/such/pgpass",
    "PGDATABASE": "another",
    "PGCONNECT_TIMEOUT": "nonsense",
    "PGCLIENTENCODING": "SQL_ASCII",
    "PGOPTIONS": "-c search_path=app -c default_transaction_read_only=on",
    "PGAPPNAME": "another",
    "PGCHANNELBINDING": "require",
    "PGSSLMODE": "require",
    "PGSSLNEGOTIATION": "direct",
    "PGSSLCOMPRESSION": "nonsense",
    "PGSSLCERT": "/no/such/cert",
    "PGSSLKEY": "/no/such/key",
    "PGSSLCERTMODE": "require",
    "PGSSLROOTCERT": "system",
    "PGSSLCRL": "/no/such/crl",
    "PGSSLCRLDIR": "/no/such",
    "PGSSLSNI": "nonsense",
    "PGSSLMINPROTOCOLVERSION": "nonsense",
    "PGSSLMAXPROTOCOLVERSION": "nonsense",
    "PGREQUIREPEER": "nobody",
    "PGREQUIREAUTH": "none",
    "PGREQUIRESSL": "1",
    "PGMINPROTOCOLVERSION": "nonsense",
    "PGMAXPROTOCOLVERSION": "nonsense",
    "PGGSSENCMODE": "require",
    "PGKRBSRVNAME": "nobody",
    "PGGSSLIB": "nonsense",
    "PGGSSDELEGATION": "1",
    "PGTARGETSESSIONATTRS": "standby",
    "PGLOADBALANCEHOSTS": "nonsense",
    "PGDATESTYLE": "nonsense",
    "PGTZ": "nonsense",
    "PGGEQO": "nonsense",
}


def test_each_variable_that_libpq_knows_is_among_the_hostile_ones() -> None:
    known = {option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    assert known <= HOSTILE.keys()


@pytest.mark.parametrize("names", [*([name] for name in HOSTILE), list(HOSTILE)], ids=lambda names: names[0])
def test_no_variable_changes_how_we_connect(
    names: list[str], postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names:
        monkeypatch.setenv(name, HOSTILE[name])
    database = Database("127.0.0.1", postgres.port, postgres.user, postgres.password)
    assert answers(database)
    assert has_table(database)
    assert addon(database).value == "the addon is installed"
    assert isinstance(read_rows(database), tuple)
    assert not create_database("127.0.0.1", postgres.port, postgres.user, postgres.password)
    assert all(os.environ[name] == HOSTILE[name] for name in names), "a compose file may ask for them"


def test_the_test_is_hostile_enough(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = set()
    for name, value in HOSTILE.items():
        with monkeypatch.context() as shell:
            shell.setenv(name, value)
            try:
                psycopg.connect(
                    f"host=127.0.0.1 port={postgres.port} dbname=openems connect_timeout=2",
                    user=postgres.user,
                    password=postgres.password,
                ).close()
            except psycopg.OperationalError:
                spoilt.add(name)
    assert {"PGSERVICE", "PGHOSTADDR", "PGSSLMODE", "PGTARGETSESSIONATTRS"} <= spoilt


def test_no_variable_changes_how_the_stand_in_backend_connects(
    tmp_path: Path,
    postgres: PostgresServer,
    device_table: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device_table.execute("INSERT INTO openems_device (name, apikey) VALUES ('edge7', 'a')")
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    with running(tmp_path, config_of(postgres)) as backend:
        backend.stop()
        assert "1 device" in backend.log.read_text()
