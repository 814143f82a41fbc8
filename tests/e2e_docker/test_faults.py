from __future__ import annotations

import json
from typing import Any


def well(platform: Any) -> None:
    assert "3 online" in platform.inv("setup", "--edges", "3")


def test_new_keys_reach_every_container_and_all_come_back(fleet: Any) -> None:
    well(fleet)
    before = fleet.sql("SELECT apikey FROM openems_device WHERE name = 'edge0'")
    said = fleet.inv("rotate-keys")
    assert "the backend reads its devices again; all edges reconnect" in said
    assert "3 online" in said
    assert fleet.sql("SELECT apikey FROM openems_device WHERE name = 'edge0'") != before


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
