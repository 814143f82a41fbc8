"""The embedded runtime's override of compose files as people write them, through ``docker compose config``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.checkout.layouts import Platform
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.saved import State
from edge_tasks.runtimes.embedded.override import override
from tests.integration.test_checkouts import resolved

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.runtimes.context import RuntimeContext


class Context:
    """What the override is made of."""

    def __init__(self, folder: Path) -> None:
        self.platform = Platform(folder, bundled=False)
        self.state = State(folder)
        self.fleet = Fleet("id", bytes(32), 2)
        self.compose = self.platform.compose


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "a checkout"
    (place / "openems-edge" / "config.d").mkdir(parents=True)
    return place


def edges_of(folder: Path) -> list[dict[str, Any]]:
    made = override(cast("RuntimeContext", Context(folder)))
    for path, text in made.companions.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (folder / "docker-compose.override.yml").write_text(made.text)
    services = resolved(folder)["services"]
    return [services[f"openems-edge-{index}"] for index in range(2)]


def test_the_edges_have_image_environment_and_configuration_where_the_platforms_own_looks(folder: Path) -> None:
    (folder / ".env").write_text("HEAP=2g\nTAG=7\n")
    (folder / "more.env").write_text("FROM_FILE=yes\n")
    (folder / "docker-compose.yml").write_text(
        r"""
services:
  meter_edge:
    image: acme/openems-edge:${TAG}
    container_name: meter_edge
    entrypoint: sh -c 'exec java'
    environment: ["JAVA_TOOL_OPTIONS=-Xmx${HEAP:-1g}", 'SECRET=pa$$x "w" \n']
    env_file: more.env
    networks: [default, bus]
    ports: ["8080:8080"]
    volumes: ["./openems-edge/config.d:/opt/conf:rw", "history:/data", "./certificates:/certs:ro"]
networks: {bus: {}}
volumes: {history: {}}
"""
    )
    for index, edge in enumerate(edges_of(folder)):
        assert edge["image"] == "acme/openems-edge:7"
        assert edge["entrypoint"] == ["sh", "-c", "exec java"]
        assert edge["environment"] == {
            "JAVA_TOOL_OPTIONS": "-Xmx2g",
            "SECRET": r'pa$$x "w" \n',
            "FROM_FILE": "yes",
        }
        assert set(edge["networks"]) == {"default", "bus"}
        assert "container_name" not in edge
        assert {volume["target"]: volume["source"] for volume in edge["volumes"]} == {
            "/opt/conf": str(folder / "openems-edge" / f"config-edge{index}"),
            "/certs": str(folder / "certificates"),
        }
    text = (folder / "docker-compose.override.yml").read_text()
    assert "pa$" not in text


@pytest.mark.parametrize("image", ["openems/edge:latest", "ghcr.io/acme/openems-edge"])
def test_an_edge_service_is_found_by_its_image(folder: Path, image: str) -> None:
    text = f"services:\n  house: {{image: '{image}'}}\n  ui: {{image: openems/ui-edge}}\n"
    (folder / "docker-compose.yml").write_text(text)
    assert [edge["image"] for edge in edges_of(folder)] == [image] * 2


def test_a_service_of_a_file_that_is_included_is_found_with_paths_beside_that_file(folder: Path) -> None:
    (folder / "docker-compose.yml").write_text("include: [parts/edge.yml]\nservices: {ui: {image: ui}}\n")
    (folder / "parts").mkdir()
    (folder / "parts" / "edge.yml").write_text(
        "services: {openems-edge: {image: e, volumes: ['./tz:/tz:ro', '../openems-edge/config.d:/conf']}}\n"
    )
    for edge in edges_of(folder):
        sources = {volume["target"]: volume["source"] for volume in edge["volumes"]}
        assert sources["/tz"] == str(folder / "parts" / "tz")
        assert sources["/conf"].startswith(str(folder / "openems-edge" / "config-edge"))
