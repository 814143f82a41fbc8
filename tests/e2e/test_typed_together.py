from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.inv import finished, inv

if TYPE_CHECKING:
    from pathlib import Path


def said(platform: Any, *arguments: str, code: int = 0) -> str:
    done = platform.inv(*arguments)
    assert done.returncode == code, done.stdout
    assert "Traceback" not in done.stdout
    return str(done.stdout)


def test_verify_alone_judges_a_fleet_that_is_down_and_starts_nothing(platform: Any) -> None:
    said(platform, "setup", "--edges", "2")
    said(platform, "down")
    down = said(platform, "verify", code=6)
    assert "the fleet is down" in down
    assert "inv up" in down
    assert "running: nothing" in said(platform, "status")
    said(platform, "up")
    assert "2 online" in said(platform, "verify")


def test_verify_alone_brings_up_a_first_fleet_and_says_so(platform: Any) -> None:
    brought = said(platform, "verify", "--edges", "1")
    assert brought.startswith("there is no fleet here yet")
    assert "1 online" in brought


def test_a_purge_and_a_setup_in_one_call_are_a_new_fleet(platform: Any) -> None:
    said(platform, "setup", "--edges", "1")
    before = key(platform.path)
    assert "1 online" in said(platform, "down", "--purge", "setup", "--edges", "1")
    assert key(platform.path) != before
    assert "1 online" in said(platform, "verify")


def test_what_needs_a_fleet_may_be_typed_behind_the_setup_that_makes_it(platform: Any) -> None:
    assert "edge0" in said(platform, "setup", "status", "--edges", "1")
    before = key(platform.path)
    rotated = said(platform, "setup", "rotate-keys", "status", "--edges", "1")
    assert "1 online" in rotated.partition("new apikeys for 1 edge")[2]
    assert key(platform.path) != before
    stopped = said(platform, "setup", "down", "--edges", "1")
    assert stopped.splitlines()[-1].startswith("stopped: light host, backend, PostgreSQL")


def test_a_damaged_directory_is_mended_by_the_next_up(platform: Any) -> None:
    said(platform, "setup", "--edges", "3")
    edges = platform.path / "openems-edge"
    [keyed] = (edges / "config-edge1" / "Controller" / "Api" / "Backend").iterdir()
    keyed.write_text(keyed.read_text().replace(key(platform.path, 1), "A" * 20))
    renamed = next((edges / "config-edge2").glob("Simulator/GridMeter/*/*.config"))
    renamed.rename(renamed.with_name("another.config"))
    planned = said(platform, "plan")
    assert "write config-edge1: with another apikey" in planned
    assert "write config-edge2: without Simulator/GridMeter/" in planned
    said(platform, "up")
    assert "3 online" in said(platform, "verify")
    assert renamed.exists()


def key(platform: Path, index: int = 0) -> str:
    [file] = (platform / "openems-edge" / f"config-edge{index}" / "Controller" / "Api" / "Backend").iterdir()
    found = re.search('apikey="([A-Za-z0-9]{20})"', file.read_text())
    assert found
    return found[1]


def test_a_running_fleet_is_not_moved_and_one_that_is_down_leaves_nothing(platform: Any) -> None:
    before = {path for path in platform.path.rglob("*") if path.is_file()}
    said(platform, "setup", "--edges", "1")
    where = ("--platform", str(platform.path), "--override-file", "docker-compose.edges.yml")
    for task in ("setup", "plan", "status"):
        refused = finished(inv(task, *where))
        assert refused.returncode == 2, refused.stdout
        assert "--override-file from docker-compose.override.yml to docker-compose.edges.yml" in refused.stdout
        assert "inv down" in refused.stdout
    said(platform, "verify")
    assert finished(inv("down", *where)).returncode == 0
    moved = finished(inv("setup", *where))
    assert moved.returncode == 0, moved.stdout
    assert "removed docker-compose.override.yml" in moved.stdout
    assert not (platform.path / "docker-compose.override.yml").exists()
    assert (platform.path / "docker-compose.edges.yml").exists()
    said(platform, "down", "--purge")
    assert {path for path in platform.path.rglob("*") if path.is_file()} == before
