"""A backend without the B2B REST API: the device table is asked, and people are told what that means."""

from __future__ import annotations

import shutil
from typing import Any

import pytest


@pytest.fixture
def silent(platform: Any) -> Any:
    """A checkout whose backend has no REST API."""
    shutil.rmtree(platform.path / "openems-backend" / "config.d" / "Backend2Backend")
    return platform


def test_a_backend_without_rest_is_judged_by_the_table_which_is_said_and_fix_gives_it_one(silent: Any) -> None:
    said = silent.inv("setup", "--edges", "2")
    assert "the backend has no B2B REST API: verify asks another source, which has no values" in said
    assert "judged without a B2B REST API (no values)" in said
    assert "2 online, says PostgreSQL" in said
    assert "values cannot be asked → inv doctor --fix up" in said
    edges = silent.document("status", "--json")["edges"]
    assert {edge["state"] for edge in edges} == {"online"}
    assert {value for edge in edges for value in edge["values"].values()} == set()

    silent.docker("kill", silent.containers()["openems-edge-1"])  # PostgreSQL still says that it is connected
    assert "edge1 is offline: its container is exited (exit code 137)" in silent.inv("verify", code=6)
    silent.docker("stop", "-t", "3", silent.containers()["openems-backend"])
    assert "edge0 is unknown: the backend does not run → inv up" in silent.inv("verify", code=6)

    fixed = silent.inv("doctor", "--fix", "setup")
    assert "a corrected copy of its configuration" in fixed
    assert "2 online, says the backend" in fixed
    assert "no B2B REST API" not in fixed
    silent.inv("down", "--purge")
    assert len(silent.git("status", "--short").splitlines()) == 1  # what was removed above
