"""The embedded runtime as a release whose backend is two programs."""

from __future__ import annotations

from typing import Any

import psutil

from tests.e2e.test_faults import said


def second_program(platform: Any) -> psutil.Process | None:
    """The one that has the edges' sockets."""
    config = str(platform.path / ".edge-tasks" / "backend-edge.json")
    found = (one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [""])[-1] == config)
    return next(found, None)


def test_edges_come_online_through_a_second_program_which_up_replaces_and_down_ends(platform: Any) -> None:
    told = said(platform, "setup", "--edges", "2", "--openems-version", "2026.2.0")
    assert "2 online, says the backend" in told
    program = second_program(platform)
    assert program is not None

    program.kill()
    program.wait()
    assert "backend started" in said(platform, "up")
    assert second_program(platform) is not None
    assert "their port is open" in said(platform, "logs", "--service", "backend-edge")

    assert "backend-edge" in said(platform, "down")
    assert second_program(platform) is None
