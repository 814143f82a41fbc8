from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.inv import ROOT, finished
from tests.waiting import await_that


def test_growth_beyond_the_reserve_says_so_and_all_come_back(platform: Any) -> None:
    platform.inv("setup", "--edges", "1", "--reserve", "0")
    said = platform.inv("setup", "--edges", "3")
    assert "the backend reads its devices again; all edges reconnect" in said
    assert "3 online" in said


@pytest.mark.parametrize(
    ("done", "during"),
    [
        ("doctor", "build"),
        ("compose", "odoo-init"),
        ("odoo-init", "gen-configs or register"),
        ("register", "up"),
        ("up", "verify"),
    ],
)
def test_a_setup_that_is_killed_during_a_step_is_finished_by_the_next(
    platform: Any, done: str, during: str
) -> None:
    python, *command = platform.command("setup", "--edges", "4")
    with subprocess.Popen(
        [python, "-u", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as killed:
        assert killed.stdout is not None
        came = next((line for line in killed.stdout if line[2:].startswith(f"{done} ")), None)
        assert came is not None, f"it ended before it came to {during}"
        time.sleep(0.3)
        killed.send_signal(signal.SIGKILL)
    assert "2 online" in platform.inv("setup", "--edges", "2")
    assert platform.inv("setup").count("nothing to do") == 7


@pytest.mark.usefixtures("own_cache")
def test_an_odoo_initialisation_killed_half_way_starts_again(platform: Any) -> None:
    slow = {"ODOO_INIT_SECONDS": "60"}
    command = platform.command("odoo-init")
    asked = ["docker", "logs", f"{platform.project}-odoo-init"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **slow}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as killed:
        await_that(lambda: "loading module openems" in finished(asked).stdout, 120, 0.2)
        killed.send_signal(signal.SIGKILL)
    said = platform.inv("setup", "--edges", "1")
    assert "the initialisation of openems was interrupted and starts again" in said
    assert "1 online" in said


def test_a_foreign_override_is_refused_and_another_name_taken(platform: Any) -> None:
    theirs = platform.path / "docker-compose.override.yml"
    theirs.write_text("services:\n  odoo16:\n    environment:\n      THEIRS: '1'\n")
    assert "it was not made by edge-tasks" in platform.inv("setup", "--edges", "1", code=2)
    said = platform.inv("setup", "--edges", "1", "--override-file", "docker-compose.edges.yml")
    assert "1 online" in said
    assert "THEIRS=1" in platform.docker("inspect", platform.containers()["odoo16"])
    platform.inv("down", "--purge")
    assert "THEIRS" in theirs.read_text()


def test_a_wrongly_wired_backend_is_found_before_anything_starts_and_corrected_in_a_copy(platform: Any) -> None:
    metadata = platform.path / "openems-backend" / "config.d" / "Metadata" / "Odoo.config"
    wrong = metadata.read_text().replace('pgHost="db"', 'pgHost="localhost"').replace("odoo16@2022", "odoo")
    metadata.write_text(wrong.replace('database="openems"', 'database="postgres"'))
    said = platform.inv("setup", "--edges", "1", code=2)
    assert "3 findings" in said
    assert "Metadata/Odoo.config:7: pgHost is 'localhost', not the database's service (db)" in said
    assert platform.containers() == {}
    fixed = platform.inv("doctor", "--fix", "setup", "--edges", "1")
    assert "1 online" in fixed
    assert 'pgHost="localhost"' in metadata.read_text()
    assert platform.inv("setup").count("nothing to do") == 7


def test_two_platforms_stand_side_by_side(platform: Any, checkout: Any) -> None:
    platform.inv("setup", "--edges", "1")
    other = checkout(platform.path.parent / "other" / platform.path.name)
    beside = other.with_options("--project-name", "beside", "--port-offset", "2000")
    assert "is already" in other.inv("setup", "--edges", "1", code=2)
    taken = other.inv("setup", "--edges", "1", "--project-name", "beside", code=3)
    assert f"the fleet in {platform.path} has" in taken
    assert f"inv down --platform '{platform.path}'" in taken
    assert "1 online" in beside.inv("setup", "--edges", "1")
    assert "1 online" in platform.inv("verify")
    beside.inv("down", "--purge")
    assert "1 online" in platform.inv("verify")
