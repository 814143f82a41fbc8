"""Platforms whose backend knows its devices from a file, or takes whoever comes: no PostgreSQL and no Odoo."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

COMPOSE = """\
services:
  openems-backend:
    build: ./openems-backend
    image: openems-backend:latest
    ports: ["8082:8082"]
    volumes: {volumes}
  openems-edge:
    build: ./openems-edge
    image: openems-edge:latest
"""
THEIRS = b"""{
\tedges: {
\t\tedge0: {
\t\t\tapikey: "d92IC4eEHyrqmiMab6GX",
\t\t\tcomment: "OpenEMS Demo Edge"
\t\t},
\t\t"edge77": {comment: 'caf\xc3\xa9', apikey = "somebody's"} /* theirs */
\t}
}"""


def with_metadata(platform: Any, name: str, text: str, volumes: str = "[]") -> None:
    """Have another registry in the checkout, and nothing of Odoo."""
    folder = platform.path / "openems-backend" / "config.d" / "Metadata"
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / f"{name}.config").write_text(f'{text}service.pid="Metadata.{name}"\n')
    (platform.path / "docker-compose.yml").write_text(COMPOSE.format(volumes=volumes))


def commit(platform: Any) -> None:
    platform.git("add", "-A")
    platform.git("commit", "-qm", "theirs")


@pytest.fixture
def light(platform: Any) -> Any:
    return platform.with_options("--light-image", "edge-tasks-test-base:bookworm")


def test_a_fleet_lives_in_the_file_of_the_backend_and_leaves_it_as_it_was(light: Any) -> None:
    with_metadata(light, "File", 'path="/metadata/metadata.json"\n', "[./metadata:/metadata]")
    path = light.path / "metadata" / "metadata.json"
    path.parent.mkdir()
    path.write_bytes(THEIRS)
    path.chmod(0o640)
    commit(light)

    said = light.inv("setup", "--edges", "1", "--light-edges", "2")
    assert "with Metadata.File no database and no Odoo is needed" in said
    assert "3 online, says the backend" in said
    made = light.containers()
    assert set(made) == {"openems-backend", "openems-edge-0", "openems-light-edges"}
    assert b'"edge77": {comment: \'caf\xc3\xa9\', apikey = "somebody\'s"}' in path.read_bytes()
    assert light.inv("setup").count("nothing to do") == 7

    assert "4 online" in light.inv("setup", "--light-edges", "3")  # within the reserve
    assert light.containers() == made
    light.docker("kill", made["openems-edge-0"])
    assert "edge0 is offline: its container is exited" in light.inv("verify", code=6)
    assert "all edges reconnect" in light.inv("rotate-keys")
    assert {edge["state"] for edge in light.document("status", "--json")["edges"]} == {"online"}

    assert f"14 entries of {path}" in light.inv("down", "--purge")
    assert path.read_bytes() == THEIRS
    assert path.stat().st_mode & 0o777 == 0o640
    assert light.git("status", "--short", "--ignored") == ""


def test_a_file_in_a_volume_is_reached_through_the_backend(platform: Any) -> None:
    with_metadata(platform, "File", 'path="/metadata/metadata.json"\n', "[devices:/metadata]")
    compose = platform.path / "docker-compose.yml"
    compose.write_text(compose.read_text() + "volumes: {devices: {}}\n")
    commit(platform)
    assert "1 online, says the backend" in platform.inv("setup", "--edges", "1")
    inside = platform.docker("exec", platform.containers()["openems-backend"], "cat", "/metadata/metadata.json")
    assert '"edge0": {"comment": "OpenEMS Edge #0"' in inside
    assert platform.inv("setup").count("nothing to do") == 7
    assert "11 entries of openems-backend:/metadata/metadata.json" in platform.inv("down", "--purge")
    assert platform.git("status", "--short", "--ignored") == ""


def test_a_backend_that_takes_whoever_comes_is_told_nothing(platform: Any) -> None:
    with_metadata(platform, "Dummy", "")
    commit(platform)
    said = platform.inv("setup", "--edges", "1")
    assert "with Metadata.Dummy no database and no Odoo is needed" in said
    assert "1 online, says the backend" in said
    backend = platform.containers()["openems-backend"]
    assert "2 online" in platform.inv("setup", "--edges", "2")
    assert platform.containers()["openems-backend"] == backend
    assert "the apikey of an edge is its name" in platform.inv("rotate-keys", code=2)
    platform.inv("down", "--purge")
    assert platform.git("status", "--short", "--ignored") == ""
