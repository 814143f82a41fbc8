from __future__ import annotations

from typing import Any


def test_a_fleet_from_a_clone_through_growth_to_the_clone_again(platform: Any) -> None:
    first = platform.inv("setup", "--edges", "3")
    assert "3 online, says the backend" in first
    made, connected = platform.containers(), sockets(platform, 3)
    assert len(connected) == 3
    assert set(made) == {"db", "odoo16", "openems-backend", *(f"openems-edge-{index}" for index in range(3))}

    again = platform.inv("setup")
    assert again.count("nothing to do") == 7
    assert platform.containers() == made

    grown = platform.inv("setup", "--edges", "5")
    assert "5 online" in grown
    assert platform.containers().items() >= made.items()
    assert sockets(platform, 3) == connected

    shrunk = platform.inv("setup", "--edges", "2")
    assert "2 online" in shrunk
    assert set(platform.containers()) == {"db", "odoo16", "openems-backend", "openems-edge-0", "openems-edge-1"}
    assert not platform.directory(2).exists()
    assert platform.sql("SELECT count(*) FROM openems_device WHERE active") == [(2,)]

    platform.inv("down")
    assert platform.containers() == {}
    assert "2 online" in platform.inv("setup")
    assert "--without-demo=all" in (platform.path / ".edge-tasks" / "docker.log").read_text()

    platform.inv("down", "--purge")
    assert platform.containers() == {}
    assert platform.git("status", "--short", "--ignored") == ""


def sockets(platform: Any, edges: int) -> list[str]:
    """The edges' connections to the backend (port 8081, established), each with its own port."""
    lines = []
    for index in range(edges):
        table = platform.docker("exec", platform.containers()[f"openems-edge-{index}"], "cat", "/proc/net/tcp")
        lines += [f"{index} {line.split()[1]}" for line in table.splitlines() if ":1F91 01 " in line]
    return lines
