"""The bundled platform, in a folder that has none yet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.inv import finished

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = [sys.executable, "-c", "import sys; from edge_tasks.cli.program import main; sys.exit(main())"]
"""The installed command: it works for the folder in which it is typed."""


def typed(folder: Path, *arguments: str, code: int = 0) -> str:
    done = finished([*INSTALLED, *arguments, "--runtime", "docker", "--port-offset", "4100"], cwd=folder)
    assert done.returncode == code, done.stdout
    return done.stdout


def test_plan_says_what_would_be_made_where_nothing_is(tmp_path: Path) -> None:
    said = typed(tmp_path, "plan", "--edges", "2")
    assert f"create the bundled platform in {tmp_path / 'platform'}" in said
    assert "download https://github.com/OpenEMS/openems/releases/download/2024.7.0/openems-edge.jar" in said
    assert "start openems-edge-0, openems-edge-1" in said
    assert list(tmp_path.iterdir()) == []
