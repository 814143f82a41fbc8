"""A second platform while the fleet of the first one runs on the same ports."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.inv import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_our_other_fleet_is_named_and_stays_the_one_that_is_meant(platform: Any, tmp_path: Path) -> None:
    made = platform.inv("setup", "--edges", "1")
    assert made.returncode == 0, made.stdout
    second = replace(platform, path=tmp_path / "second")
    shutil.copytree(ROOT / "templates" / "platform", second.path)
    note = ROOT / ".edge-tasks-platform"
    try:
        refused = second.inv("setup", "--edges", "1")
        assert refused.returncode == 3, refused.stdout
        assert f"the fleet in {platform.path} has 4 ports that this one needs" in refused.stdout
        assert f"inv down --platform '{platform.path}'" in refused.stdout
        assert "pid" not in refused.stdout
        assert note.read_text() == f"{platform.path}\n"
        assert platform.inv("down").returncode == 0
        works = second.inv("setup", "--edges", "1")
        assert works.returncode == 0, works.stdout
        assert note.read_text() == f"{second.path}\n"
    finally:
        second.inv("down", "--purge")
