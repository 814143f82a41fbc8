from __future__ import annotations

import json
from typing import Any


def well(platform: Any) -> None:
    assert "3 online" in platform.inv("setup", "--edges", "3")


def judged(platform: Any) -> str:
    """What ``verify`` says of the one edge that is not well."""
    said = str(platform.inv("verify", "--timeout", "8", code=6))
    assert "not online: 1 of 3 edges" in said
    return said


def test_a_killed_container_is_named_and_started_again(fleet: Any) -> None:
    well(fleet)
    fleet.docker("kill", fleet.containers()["openems-edge-1"])
    assert "edge1 is offline: its container is exited (exit code 137) → inv up" in judged(fleet)
    well(fleet)


def test_a_stopped_container_is_named_and_started_again(fleet: Any) -> None:
    well(fleet)
    fleet.docker("stop", "-t", "0", fleet.containers()["openems-edge-2"])
    assert "edge2 is offline: its container is exited" in judged(fleet)
    well(fleet)


def test_an_edge_whose_row_was_deleted_is_named_and_registered_again(fleet: Any) -> None:
    well(fleet)
    fleet.sql("DELETE FROM openems_device WHERE name = 'edge1'")
    assert "edge1 is incomplete: it has no row in the device table → inv register" in judged(fleet)
    well(fleet)


def test_a_key_changed_by_hand_is_named_and_put_right(fleet: Any) -> None:
    well(fleet)
    fleet.sql("UPDATE openems_device SET apikey = 'SOMETHINGELSE' WHERE name = 'edge2'")
    assert "edge2 is incomplete: its row has another apikey → inv register" in judged(fleet)
    well(fleet)


def test_a_config_file_with_another_key_is_named_and_put_right(fleet: Any) -> None:
    well(fleet)
    [file] = (fleet.directory(0) / "Controller" / "Api" / "Backend").iterdir()
    file.write_text(file.read_text().replace('apikey="', 'apikey="x'))
    fleet.docker("restart", "-t", "1", fleet.containers()["openems-edge-0"])
    assert "edge0 is offline: its config directory has another apikey" in judged(fleet)
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
