"""A backend of two programs, as OpenEMS has it from 2026.2 on: edges connect to the second one."""

from __future__ import annotations

from typing import Any

CONFIG = "openems-backend/config.d/Edge"
SECOND = """\
  openems_backend_edge:
    image: openems/backend-edge:2026.2.0
    volumes: ["openems-backend-edge-conf:/var/opt/openems/config:rw"]

  openems-edge:
"""


def make_two_programs(platform: Any) -> None:
    """The backend gives up its port for edges; the other program is OpenEMS' own image, configured by default."""
    folder = platform.path / CONFIG
    (folder / "Websocket.config").unlink()
    (folder / "Manager.config").write_text('port=I"8083"\nservice.pid="Edge.Manager"\n')
    compose = platform.path / "docker-compose.yml"
    text = compose.read_text().replace("openems-backend:latest", "openems-backend:one-of-two")
    text = text.replace('      - "8081:8081"\n', "").replace("  openems-edge:\n", SECOND)
    compose.write_text(text + "  openems-backend-edge-conf:\n")
    platform.git("add", "-A")
    platform.git("commit", "-qm", "two programs")


def test_edges_come_online_through_the_second_program(platform: Any) -> None:
    make_two_programs(platform)
    assert "2 online, says the backend" in platform.inv("setup", "--edges", "2")
    assert {"openems-backend", "openems_backend_edge", "openems-edge-0"} <= set(platform.containers())
    platform.inv("down", "--purge")
    assert platform.git("status", "--short", "--ignored") == ""
