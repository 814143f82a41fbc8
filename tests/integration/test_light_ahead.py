"""A light host that is started before its fleet file is there: it and its first part load their program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil

from edge_tasks import ahead
from tests.inv import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG_S = 60.0


@contextmanager
def started(fleet_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "edge_tasks.light", str(fleet_file)]
    environment = {**os.environ, ahead.VARIABLE: "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE) as host:
        try:
            yield host
        finally:
            host.terminate()


def parts_of(host: subprocess.Popen[bytes]) -> list[psutil.Process]:
    deadline = time.monotonic() + LONG_S
    while not (found := psutil.Process(host.pid).children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_it_runs_the_fleet_that_is_there_when_it_is_told_in_the_part_that_was_loaded(tmp_path: Path) -> None:
    fleet_file, status_file = tmp_path / "fleet.json", tmp_path / "status.json"
    with started(fleet_file) as host:
        (part,) = parts_of(host)
        fleet_file.write_text(
            json.dumps({"revision": "r1", "status_file": str(status_file), "edges": [], "processes": 2})
        )
        assert host.stdin is not None
        host.stdin.write(ahead.WORD)
        host.stdin.close()
        written = [status_file.with_name(f"status-{number}.json") for number in range(2)]
        deadline = time.monotonic() + LONG_S
        while not all(file.exists() for file in written) and time.monotonic() < deadline:
            time.sleep(0.02)
        first, second = (json.loads(file.read_bytes())["pid"] for file in written)
        assert first == part.pid
        assert second in {child.pid for child in parts_of(host)}


def test_a_part_that_died_while_it_loaded_is_started_again(tmp_path: Path) -> None:
    fleet_file, status_file = tmp_path / "fleet.json", tmp_path / "status.json"
    with started(fleet_file) as host:
        (part,) = parts_of(host)
        part.kill()
        fleet_file.write_text(
            json.dumps({"revision": "r1", "status_file": str(status_file), "edges": [], "processes": 1})
        )
        assert host.stdin is not None
        host.stdin.write(ahead.WORD)
        host.stdin.close()
        written = status_file.with_name("status-0.json")
        deadline = time.monotonic() + LONG_S
        while not written.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert json.loads(written.read_bytes())["pid"] != part.pid


def test_it_ends_with_its_part_if_nobody_is_left_who_might_tell_it(tmp_path: Path) -> None:
    with started(tmp_path / "fleet.json") as host:
        (part,) = parts_of(host)
        assert host.stdin is not None
        host.stdin.close()
        assert host.wait(LONG_S) == 0
        part.wait(LONG_S)
    assert list(tmp_path.iterdir()) == []
