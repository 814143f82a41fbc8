"""Checkouts of OpenEMS' own images, one compose file a program, without a template and partly without an edge."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import Platform, own_offset
from tests.integration.test_override_compose import compose_binary
from tests.unit.checkout.sample_checkouts import OFFICIAL_BACKEND, OFFICIAL_EDGE, compose_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEVERAL = "COMPOSE_FILE=backend.yml:edge.yml:docker-compose.override.yml\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Platform]:
    found = Platform(tmp_path / "an official one", own_offset())
    found.path.mkdir()
    yield found
    found.inv("down", "--purge")


def resolved(folder: Path) -> dict[str, Any]:
    command = [compose_binary(), "config", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def check_edges(services: dict[str, Any], image: str, folder: Path) -> None:
    """Each edge has its own directory where its image looks, and nothing that only one container can have."""
    for index in range(2):
        edge = services[f"openems-edge-{index}"]
        assert edge["image"] == image
        assert not {"container_name", "hostname", "user", "profiles"} & edge.keys()
        config = str(folder / "openems-edge" / f"config-edge{index}")
        assert [(one["source"], one["target"]) for one in edge["volumes"]] == [
            (config, "/var/opt/openems/config")
        ]


def test_the_official_backend_gets_edges_of_its_release_and_leaves_nothing_behind(checkout: Platform) -> None:
    text = compose_text(OFFICIAL_BACKEND, "2026.1.0")
    (checkout.path / "docker-compose.yml").write_text(text)
    made = checkout.inv("setup", "--edges", "2")
    assert made.returncode == 0, made.stdout
    assert "2 online" in made.stdout
    services = resolved(checkout.path)
    assert set(services) == {"openems_backend", "openems-ui", "openems-edge-0", "openems-edge-1"}
    check_edges(services, "openems/edge:2026.1.0", checkout.path)
    assert checkout.inv("down", "--purge").returncode == 0
    assert {path.name: path.read_text() for path in checkout.path.iterdir()} == {"docker-compose.yml": text}


def test_of_several_official_files_compose_takes_all_with_our_override(checkout: Platform) -> None:
    files = {
        "backend.yml": compose_text(OFFICIAL_BACKEND, "2025.3.0"),
        "edge.yml": compose_text(OFFICIAL_EDGE, "2025.3.0"),
        ".env": SEVERAL.replace(":docker-compose.override.yml", ""),
    }
    for name, text in files.items():
        (checkout.path / name).write_text(text)
    made = checkout.inv("compose", "--edges", "2")
    assert made.returncode == 0, made.stdout
    (checkout.path / ".env").write_text(SEVERAL)
    services = resolved(checkout.path)
    assert "openems-edge" not in services
    check_edges(services, "openems/edge:2025.3.0", checkout.path)
    assert checkout.inv("plan").returncode == 0
