from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def well(platform: Any) -> None:
    assert "3 online" in platform.inv("setup", "--edges", "3")


def judged(platform: Any) -> str:
    """What ``verify`` says of the one edge that is not well."""
    said = str(platform.inv("verify", "--timeout", "8", code=6))
    assert "1 of 3 edges are not well" in said
    return said


def test_a_killed_container_is_named_and_started_again(fleet: Any) -> None:
    well(fleet)
    fleet.docker("kill", fleet.containers()["openems-edge-1"])
    assert "edge1 is offline: its container is exited (exit code 137) → inv up" in judged(fleet)
    well(fleet)


def test_a_key_changed_by_hand_is_named_and_put_right(fleet: Any) -> None:
    well(fleet)
    fleet.sql("UPDATE openems_device SET apikey = 'SOMETHINGELSE' WHERE name = 'edge2'")
    assert "edge2 is incomplete: the apikey in its row is not its own → inv register" in judged(fleet)
    well(fleet)


def test_a_config_file_with_another_key_is_named_and_put_right(fleet: Any) -> None:
    well(fleet)
    [file] = (fleet.directory(0) / "Controller" / "Api" / "Backend").iterdir()
    file.write_text(file.read_text().replace('apikey="', 'apikey="x'))
    fleet.docker("restart", "-t", "1", fleet.containers()["openems-edge-0"])
    assert "edge0 is offline: the apikey in its config directory is not its own" in judged(fleet)
    assert "1 restarted" in fleet.inv("gen-configs", "--force", "up") or fleet.containers()
    well(fleet)


def test_a_renamed_config_file_is_named_with_its_component(fleet: Any) -> None:
    well(fleet)
    folder = fleet.directory(1) / "Simulator" / "GridMeter" / "Reacting"
    [file] = folder.iterdir()
    file.rename(folder / "renamed.config")
    fleet.docker("restart", "-t", "1", fleet.containers()["openems-edge-1"])
    said = judged(fleet)
    assert "edge1 is incomplete: missing meter0 (not loaded: Simulator/GridMeter/Reacting/renamed.config" in said
    fleet.inv("gen-configs", "--force", "up")
    well(fleet)


def test_a_row_that_the_backend_has_not_read_is_named_and_read(fleet: Any) -> None:
    well(fleet)
    fleet.sql("UPDATE openems_device SET active = false WHERE name = 'edge1'")
    assert "edge1 is incomplete: its row is archived" in judged(fleet)
    well(fleet)


def test_new_keys_reach_every_container_and_all_come_back(fleet: Any) -> None:
    well(fleet)
    before = fleet.sql("SELECT apikey FROM openems_device WHERE name = 'edge0'")
    said = fleet.inv("rotate-keys")
    assert "the backend reads its devices again; all edges reconnect" in said
    assert "3 online" in said
    assert fleet.sql("SELECT apikey FROM openems_device WHERE name = 'edge0'") != before


def test_growth_beyond_the_reserve_says_so_and_all_come_back(fleet: Any) -> None:
    well(fleet)
    said = fleet.inv("setup", "--edges", "4", "--reserve", "0")
    assert "4 online" in said
    said = fleet.inv("setup", "--edges", "6", "--reserve", "0")
    assert "the backend reads its devices again; all edges reconnect" in said
    assert "6 online" in said
    fleet.inv("setup", "--edges", "3", "--reserve", "10")


def test_a_database_that_is_restarted_loses_nothing(fleet: Any) -> None:
    well(fleet)
    fleet.docker("restart", "-t", "2", fleet.containers()["db"])
    well(fleet)


def test_a_backend_that_was_restarted_is_found_out_and_the_edges_come_back(fleet: Any) -> None:
    well(fleet)
    fleet.docker("restart", "-t", "2", fleet.containers()["openems-backend"])
    well(fleet)


def test_no_key_or_password_is_told(fleet: Any) -> None:
    well(fleet)
    said = fleet.inv("setup") + fleet.inv("status", "--json") + fleet.inv("plan")
    said += (fleet.path / ".edge-tasks" / "docker.log").read_text()
    said += (fleet.path / "docker-compose.override.yml").read_text()
    keys = [key for (key,) in fleet.sql("SELECT apikey FROM openems_device")]
    assert not [secret for secret in (*keys, "odoo16@2022", "odoo admin") if secret in said]


def test_another_service_may_depend_on_the_platforms_edge(fleet: Any) -> None:
    well(fleet)
    compose = fleet.path / "docker-compose.yml"
    before = compose.read_text()
    watcher = {"image": "openems-edge:latest", "entrypoint": ["sleep", "9999"], "depends_on": ["openems-edge"]}
    compose.write_text(before.replace("services:\n", f"services:\n  watcher: {json.dumps(watcher)}\n"))
    try:
        well(fleet)
        assert "watcher" in fleet.containers()
        assert "openems-edge" not in fleet.containers()
    finally:
        fleet.docker("rm", "-f", fleet.containers()["watcher"])
        compose.write_text(before)
    well(fleet)


def test_status_as_json_has_every_edge(fleet: Any) -> None:
    well(fleet)
    edges = fleet.document("status", "--json")["edges"]
    assert [(edge["name"], edge["state"]) for edge in edges] == [(f"edge{index}", "online") for index in range(3)]


@pytest.mark.parametrize("seconds", [1.0, 3.0, 6.0, 9.0])
def test_a_setup_that_is_killed_is_finished_by_the_next(platform: Any, seconds: float) -> None:
    command = [sys.executable, "-m", "invoke", "setup", "--edges", "4", "--platform", str(platform.path)]
    with subprocess.Popen(
        [*command, *platform.options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as killed:
        time.sleep(seconds)
        killed.send_signal(signal.SIGKILL)
    assert "2 online" in platform.inv("setup", "--edges", "2")
    assert platform.inv("setup").count("nothing to do") == 7


def test_an_odoo_initialisation_killed_half_way_is_begun_anew(platform: Any) -> None:
    slow = {"ODOO_INIT_SECONDS": "60"}
    command = [sys.executable, "-m", "invoke", "odoo-init", "--platform", str(platform.path), *platform.options]
    log = platform.path / ".edge-tasks" / "docker.log"
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **slow}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as killed:
        deadline = time.monotonic() + 60
        while not (log.exists() and "loading module openems" in log.read_text()) and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(0.5)
        killed.send_signal(signal.SIGKILL)
    said = platform.inv("setup", "--edges", "1")
    assert "an initialisation of openems was interrupted: it is begun anew" in said
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
    assert "docker-proxy" in other.inv("setup", "--edges", "1", "--project-name", "beside", code=3)
    assert "1 online" in beside.inv("setup", "--edges", "1")
    assert "1 online" in platform.inv("verify")
    beside.inv("down", "--purge")
    assert "1 online" in platform.inv("verify")
