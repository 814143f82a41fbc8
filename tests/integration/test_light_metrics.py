"""A light host's metrics, from its supervisor as a process whose parts have no backend to connect to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.metrics import scraped
from tests.ports import free_port
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fleet(tmp_path: Path, port: int, revision: str = "r") -> Path:
    uri = f'service.pid="Controller.Api.Backend.b"\nservice.factoryPid="Controller.Api.Backend"\nid="b"\nuri="ws://127.0.0.1:{free_port()}"\n'
    shared = {
        "files": {"Controller/Api/Backend/b.config": uri},
        "edges": {f"edge{n}": f"key{n}" for n in range(3)},
    }
    document: dict[str, Any] = {"revision": revision, "status_file": str(tmp_path / "status.json"), "edges": []}
    file = tmp_path / "fleet.json"
    draft = tmp_path / "fleet.new"
    draft.write_text(json.dumps({**document, "shared": shared, "processes": 2, "metrics_port": port}))
    draft.replace(file)
    return file


@contextmanager
def supervised(tmp_path: Path, file: Path) -> Iterator[Path]:
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "edge_tasks.light", str(file)], stderr=output)
    try:
        yield log
    finally:
        process.terminate()
        process.wait(LONG_S)


def metrics(port: int) -> dict[str, float]:
    try:
        return scraped(port)
    except OSError:
        return {}


until = partial(await_that, every_s=0.05)


def waiting(port: int) -> float:
    return metrics(port).get('edge_tasks_light_edges{state="waiting"}', 0)


def test_edges_and_a_killed_part_are_seen_in_the_metrics(tmp_path: Path) -> None:
    port = free_port()
    with supervised(tmp_path, fleet(tmp_path, port)):
        until(lambda: waiting(port) == 3)
        found = metrics(port)
        assert (found["edge_tasks_light_parts"], found["edge_tasks_light_part_restarts_total"]) == (2, 0)
        assert found["process_resident_memory_bytes"] < 64e6
        status = json.loads((tmp_path / "status-1.json").read_bytes())
        os.kill(status["pid"], signal.SIGKILL)
        until(lambda: metrics(port).get("edge_tasks_light_part_restarts_total") == 1)
        until(lambda: waiting(port) == 3)


def test_another_port_in_the_fleet_file_moves_them(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with supervised(tmp_path, fleet(tmp_path, first)):
        until(lambda: bool(metrics(first)))
        fleet(tmp_path, second, "other")
        until(lambda: bool(metrics(second)))
        until(lambda: metrics(first) == {})


def test_a_taken_port_is_said_once_and_edges_run_without_metrics_until_it_is_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with supervised(tmp_path, fleet(tmp_path, port)) as log:
            until(lambda: "--metrics-port" in log.read_text())
            until(lambda: "waiting" in log.read_text())
            time.sleep(4)
            assert log.read_text().count("--metrics-port") == 1
            taken.close()
            until(lambda: waiting(port) == 3)


@pytest.mark.parametrize("port", [-1, "9464"])
def test_a_port_that_is_none_is_a_bad_fleet_file(tmp_path: Path, port: Any) -> None:
    command = [sys.executable, "-m", "edge_tasks.light", str(fleet(tmp_path, port))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG_S)
    assert (done.returncode, "metrics_port" in done.stderr) == (2, True)
