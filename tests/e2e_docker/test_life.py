from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.waiting import await_that


@pytest.mark.usefixtures("own_cache")  # Odoo is initialised here, and not restored
def test_a_fleet_from_a_clone_through_growth_to_the_clone_again(platform: Any) -> None:
    volumes = platform.docker("volume", "ls", "-q")
    first = platform.inv("setup", "--edges", "3")
    assert "3 online, says the backend" in first
    made, connected = platform.containers(), sockets(platform, 3)
    assert len(connected) == 3
    assert set(made) == {"db", "odoo16", "openems-backend", *(f"openems-edge-{index}" for index in range(3))}

    again = platform.inv("setup")
    assert again.count("nothing to do") == 7
    assert platform.containers() == made

    grown = platform.inv("setup", "--edges", "5")
    assert "5 online" in grown
    assert platform.containers().items() >= made.items()
    assert sockets(platform, 3) == connected

    shrunk = platform.inv("setup", "--edges", "2")
    assert "2 online" in shrunk
    assert set(platform.containers()) == {"db", "odoo16", "openems-backend", "openems-edge-0", "openems-edge-1"}
    assert not platform.directory(2).exists()
    assert platform.sql("SELECT count(*) FROM openems_device WHERE active") == [(2,)]

    platform.inv("down")
    assert platform.containers() == {}
    assert "2 online" in platform.inv("setup")
    assert "--without-demo=all" in (platform.path / ".edge-tasks" / "docker.log").read_text()

    platform.inv("down", "--purge")
    assert platform.containers() == {}
    assert platform.docker("volume", "ls", "-q") == volumes
    assert platform.git("status", "--short", "--ignored") == ""


def test_a_purged_database_is_gone_also_where_the_server_keeps_its_data_in_a_folder(platform: Any) -> None:
    compose = platform.path / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("- db-data:", "- ./data/postgresql:"))
    platform.inv("setup", "--edges", "1")
    platform.git("commit", "-qam", "theirs")
    said = platform.inv("down", "--purge")
    assert "the override, the database openems, data/postgresql, the saved fleet" in said
    assert not (platform.path / "data").exists()
    assert platform.git("status", "--short", "--ignored") == ""
    assert "Odoo restored from a snapshot" in platform.inv("setup", "--edges", "2")
    platform.inv("down", "--purge")


def test_the_files_of_a_purged_database_go_from_beside_odoos_configuration(platform: Any) -> None:
    compose = platform.path / "docker-compose.yml"
    mount = "    image: odoo:16.0\n    volumes: ['./etc:/etc/odoo']\n"
    compose.write_text(compose.read_text().replace("    image: odoo:16.0\n", mount))
    conf = platform.path / "etc" / "odoo.conf"
    conf.parent.mkdir()
    conf.write_text("[options]\ndata_dir = /etc/odoo\n")
    platform.inv("odoo-init")
    assert (conf.parent / "filestore" / "openems" / "logo").exists()
    platform.inv("down", "--purge")
    assert list(conf.parent.iterdir()) == [conf]


def test_a_cluster_that_was_there_before_is_left_with_all_that_is_not_ours(platform: Any) -> None:
    compose = platform.path / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("- db-data:", "- ./data/postgresql:"))
    platform.docker("compose", "--project-directory", str(platform.path), "up", "-d", "db")
    version = platform.path / "data" / "postgresql" / "PG_VERSION"
    await_that(version.exists, within_s=120, every_s=0.2)
    platform.inv("setup", "--edges", "1")
    assert "the database openems, the saved fleet" in platform.inv("down", "--purge")
    assert version.exists()


def test_a_database_that_cannot_be_reached_does_not_keep_the_rest_from_being_removed(platform: Any) -> None:
    platform.inv("setup", "--edges", "1")
    platform.sql("ALTER ROLE odoo PASSWORD 'another'")
    assert "nothing in the device table, which cannot be reached" in platform.inv("down", "--purge")
    assert platform.git("status", "--short", "--ignored") == ""


def sockets(platform: Any, edges: int) -> list[str]:
    """The edges' connections to the backend (port 8081, established), each with its own port."""
    lines = []
    for index in range(edges):
        table = platform.docker("exec", platform.containers()[f"openems-edge-{index}"], "cat", "/proc/net/tcp")
        lines += [f"{index} {line.split()[1]}" for line in table.splitlines() if ":1F91 01 " in line]
    return lines


def test_a_fleet_that_moved_to_another_runtime_is_purged_where_it_was(platform: Any) -> None:
    platform.inv("setup", "--edges", "1")
    elsewhere = replace(platform, options=("--runtime", "embedded"))
    refused = elsewhere.inv("setup", code=2)
    assert "so this cannot be changed: --runtime from docker to embedded" in refused
    assert "inv down, and then the same command again" in refused
    platform.inv("down")
    assert "1 online" in elsewhere.inv("setup")
    volumes = ("volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={platform.project}")
    assert platform.docker(*volumes)
    elsewhere.inv("down", "--purge")
    assert platform.docker(*volumes) == ""
    assert platform.containers() == {}
    assert platform.git("status", "--porcelain") == ""
