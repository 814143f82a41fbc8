"""A checkout of OpenEMS' own images: the configuration is in a volume, and the devices are in the image."""

from __future__ import annotations

import shutil
from typing import Any

from tests.unit.checkout.sample_checkouts import OFFICIAL_BACKEND, compose_text


def make_official(platform: Any) -> None:
    """Nothing but the compose file; its UI is left out."""
    for path in platform.path.iterdir():
        if path.is_dir() and path.name != ".git":
            shutil.rmtree(path)
    backend, _, _ = compose_text(OFFICIAL_BACKEND, "2026.1.0").partition("  openems-ui:")
    (platform.path / "docker-compose.yml").write_text(f"{backend}volumes: {{openems-backend-conf: }}\n")
    platform.git("add", "-A")
    platform.git("commit", "-qm", "as published")


def test_a_fleet_comes_up_on_the_official_backend_and_leaves_nothing_behind(platform: Any) -> None:
    make_official(platform)
    said = platform.inv("setup", "--edges", "2")
    assert "with Metadata.File no database and no Odoo is needed" in said
    assert "2 online, says the backend" in said
    containers = platform.containers()
    assert set(containers) == {"openems_backend", "openems-edge-0", "openems-edge-1"}
    name = platform.docker("inspect", "--format", "{{.Name}}", containers["openems-edge-0"])
    assert name == f"/{platform.project}-openems-edge-0-1"
    assert platform.inv("setup").count("nothing to do") == 7
    platform.inv("down", "--purge")
    assert platform.git("status", "--short", "--ignored") == ""
    assert [path.name for path in platform.path.iterdir() if path.is_dir()] == [".git"]
