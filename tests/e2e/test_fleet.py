from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Any

import psutil

from tests.waiting import await_that

if TYPE_CHECKING:
    from pathlib import Path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def pids(path: Path) -> set[int]:
    """Without what PostgreSQL forks, which has its command line for a moment."""
    found = [
        p
        for p in psutil.process_iter(["cmdline", "ppid", "name"])
        if str(path) in " ".join(p.info["cmdline"] or ())
    ]
    servers = {p.pid for p in found if p.info["name"] == "postgres"}
    return {p.pid for p in found if p.info["ppid"] not in servers}


def connections(path: Path) -> dict[str, tuple[Any, Any]]:
    """Once all are connected: the host is sure of that half a second after the backend says so."""

    def edges() -> dict[str, Any]:
        return dict(json.loads((path / ".edge-tasks" / "light-status-0.json").read_text())["edges"])

    await_that(lambda: {edge["state"] for edge in edges().values()} == {"connected"})
    return {name: (edge["connects"], edge["since"]) for name, edge in edges().items()}


def test_a_fleet_from_nothing_through_growth_to_nothing(platform: Any) -> None:
    before = tree(platform.path)
    assert platform.inv("plan", "--edges", "3", "--check").returncode == 1
    made = platform.inv("setup", "--edges", "3")
    assert made.returncode == 0, made.stdout
    assert "3 online" in made.stdout
    fleet_file = platform.path / ".edge-tasks" / "fleet.json"
    assert fleet_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(fleet_file.read_text())["secret"] not in made.stdout
    assert platform.inv("plan", "--check").returncode == 0
    running, first = pids(platform.path), connections(platform.path)

    again = platform.inv("setup")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("nothing to do") == 7
    assert pids(platform.path) == running

    grown = platform.inv("setup", "--edges", "5")
    assert grown.returncode == 0, grown.stdout
    assert pids(platform.path) == running
    after = connections(platform.path)
    assert len(after) == 5
    assert {name: after[name] for name in first} == first

    assert platform.inv("setup", "--edges", "2").returncode == 0
    assert not (platform.path / "openems-edge" / "config-edge2").exists()
    assert platform.inv("down").returncode == 0
    assert platform.inv("down").returncode == 0
    assert platform.inv("down", "--purge").returncode == 0
    assert tree(platform.path) == before


def test_a_dead_light_host_is_seen_and_mended(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    config = str(platform.path / ".edge-tasks" / "light.json")
    hosts = [p for p in psutil.process_iter(["cmdline"]) if (p.info["cmdline"] or [""])[-1] == config]
    assert len(hosts) == 1
    hosts[0].kill()
    await_that(lambda: not any(platform.client.online(["edge0", "edge1"]).values()))
    judged = platform.inv("verify", "--timeout", "10")
    assert judged.returncode == 6, judged.stdout
    assert "edge0 is" in judged.stdout
    assert "edge1 is" in judged.stdout
    assert platform.inv("setup").returncode == 0


def test_a_busy_port_is_named_with_its_owner(platform: Any) -> None:
    with socket.create_server(("127.0.0.1", 8081 + platform.offset)):
        done = platform.inv("setup")
    assert done.returncode == 3, done.stdout
    assert f"port {8081 + platform.offset}: taken by " in done.stdout
    assert f"pid {os.getpid()}, wanted for the backend's edge websocket" in done.stdout


def test_a_foreign_override_is_refused_and_kept(platform: Any) -> None:
    path = platform.path / "docker-compose.override.yml"
    path.write_text("services: {}\n")
    done = platform.inv("compose")
    assert done.returncode == 2, done.stdout
    assert path.read_text() == "services: {}\n"


def test_light_edges_follow_the_others_in_one_fleet(platform: Any) -> None:
    made = platform.inv("setup", "--edges", "2", "--light-edges", "40")
    assert made.returncode == 0, made.stdout
    assert "42 online" in made.stdout
    folder = platform.path / "openems-edge"
    assert sorted(path.name for path in folder.glob("config-edge*")) == ["config-edge0", "config-edge1"]
    first = connections(platform.path)
    assert len(first) == 42
    again = platform.inv("setup")
    assert again.stdout.count("nothing to do") == 7, again.stdout
    assert platform.inv("gen-configs", "--all").returncode == 0
    assert len(list(folder.glob("config-edge*"))) == 42
    assert platform.inv("setup", "--light-edges", "41").returncode == 0
    after = connections(platform.path)
    assert {name: after[name] for name in first} == first
    only = platform.inv("setup", "--edges", "0", "--light-edges", "3")
    assert only.returncode == 0, only.stdout
    assert "3 online" in only.stdout
    assert platform.inv("setup", "--edges", "0", "--light-edges", "0").returncode == 2


def test_a_real_meter_in_the_template_is_named_and_the_fleet_is_online(platform: Any) -> None:
    folder = platform.path / "openems-edge" / "config.d" / "Meter" / "Socomec" / "Threephase"
    folder.mkdir(parents=True)
    (folder / "meter9.config").write_text(
        'enabled=B"true"\nid="meter9"\nmodbus.id="modbus0"\ntype="GRID"\n'
        'service.factoryPid="Meter.Socomec.Threephase"\nservice.pid="Meter.Socomec.Threephase.meter9"\n'
    )
    made = platform.inv("setup", "--edges", "1")
    assert made.returncode == 0, made.stdout
    assert "no value is expected: meter9 (Meter.Socomec.Threephase)" in made.stdout
