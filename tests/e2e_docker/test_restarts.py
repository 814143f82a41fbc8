"""Neighbours that start too early, too late, or once more in the middle of it."""

from __future__ import annotations

import subprocess
import time
from typing import Any

import psycopg

from tests.engine import restart_engine
from tests.inv import ROOT

SECONDS = 180


def test_a_platform_that_was_started_before_its_database_had_a_table_gets_its_edges(platform: Any) -> None:
    folder = str(platform.path)
    platform.docker("compose", "--project-directory", folder, "up", "-d", "--build")  # as people do
    assert "2 online" in platform.inv("setup", "--edges", "2")
    assert set(platform.containers()) == {"db", "odoo16", "openems-backend", "openems-edge-0", "openems-edge-1"}


def test_an_edge_that_loses_the_backend_while_others_start_is_not_waited_for_but_restarted(platform: Any) -> None:
    compose = platform.path / "docker-compose.yml"
    retry = "    image: openems-edge:latest\n    environment: {EDGE_RETRY_SECONDS: '1000'}\n"
    compose.write_text(compose.read_text().replace("    image: openems-edge:latest\n", retry))
    platform.inv("gen-configs", "--edges", "3")
    (platform.directory(0) / "lose-the-backend").touch()
    (platform.directory(2) / "late").touch()
    said = platform.inv("up", "verify")
    assert "turned away by the backend and started once more: edge0\n" in said
    assert "edges: 3 started, 1 of them twice" in said
    assert "3 online" in said


def test_a_database_that_is_restarted_during_register_leaves_all_rows_or_none(platform: Any) -> None:
    platform.inv("setup", "--edges", "2", "--reserve", "0")
    where = f"host=127.0.0.1 port={platform.port('db', 5432)} dbname=openems user=odoo password=odoo16@2022"
    command = platform.command("register", "--edges", "9", "--reserve", "5")
    ours, watching = psycopg.connect(where), psycopg.connect(where, autocommit=True)
    ours.execute("LOCK TABLE openems_device IN EXCLUSIVE MODE")  # it may read, and waits when it writes
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as registering:
        await_waiter(watching)
        platform.docker("restart", "-t", "5", platform.containers()["db"])
        said = registering.communicate(timeout=SECONDS)[0]
    ours.close()
    watching.close()
    assert registering.returncode in (0, 5), said
    assert "Traceback" not in said
    counted = platform.sql("SELECT count(*) FROM openems_device")[0][0]
    assert counted in (2, 14), said
    assert "9 online" in platform.inv("setup")
    assert platform.sql("SELECT count(*) FROM openems_device") == [(14,)]


def test_a_restart_of_the_engine_is_got_over(platform: Any) -> None:
    platform.inv("setup", "--edges", "3")
    restart_engine()
    assert "3 online" in platform.inv("setup")
    assert platform.inv("setup").count("nothing to do") == 7


def await_waiter(connection: psycopg.Connection[Any]) -> None:
    """Until somebody waits for a lock."""
    deadline = time.monotonic() + SECONDS
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    while connection.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline, "nobody has come to write"
        time.sleep(0.05)
