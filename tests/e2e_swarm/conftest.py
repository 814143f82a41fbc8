from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.absence import is_without
from tests.e2e_docker.conftest import (  # some of them are fixtures
    Platform,
    _last_used,  # noqa: F401
    cache,  # noqa: F401
    engine,  # noqa: F401
    made,
    remove,
)
from tests.engine import restart_engine
from tests.inv import ROOT, finished
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).with_name("engines")
IMAGE = "edge-tasks-test-base:bookworm"
OFFSET, METRICS_PORT = 5000, 9464


@dataclass(frozen=True)
class Engines:
    """Three engines that are a Swarm; this one is its manager, the others are called 1 and 2."""

    folder: Path

    def do(self, what: str, *arguments: str) -> None:
        """Have the script do something."""
        command = [str(SCRIPT), what, str(self.folder), *arguments]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, done.stdout

    def load(self, image: str, node: str) -> None:
        """Give a node an image that the manager has."""
        there = ["docker", "-H", f"unix://{self.folder}/node{node}.sock", "load", "--quiet"]
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            done = subprocess.run(there, stdin=saved.stdout, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def containers(self, node: str) -> list[str]:
        """The names of a node's containers, also of those that have ended."""
        asked = ("ps", "--all", "--format", "{{.Names}}")
        return Platform.docker("-H", f"unix://{self.folder}/node{node}.sock", *asked).split()

    @staticmethod
    def restart_manager() -> None:
        """Start the engine that answers here again, and wait until it is the manager again."""
        restart_engine()
        await_that(lambda: finished(["docker", "node", "ls"]).returncode == 0, within_s=120, every_s=0.5)

    @staticmethod
    def nodes() -> dict[str, str]:
        """Node → its status."""
        said = Platform.docker("node", "ls", "--format", "{{.Hostname}} {{.Status}}")
        return dict(line.split() for line in said.splitlines())


@dataclass(frozen=True)
class Swarmed(Platform):
    """A checkout whose edges run in the Swarm."""

    def begin_again(self) -> None:
        """The same, with nothing of it left in the Swarm either, all nodes of which take tasks again."""
        for node in Engines.nodes():
            self.docker("node", "update", "--availability", "active", node)
        finished(self.command("down", "--purge"), timeout_s=300)
        super().begin_again()


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Needs root, since engines need networks of their own."""
    if os.geteuid():
        is_without("root, which starts two more engines in network namespaces")
    found = Engines(tmp_path_factory.mktemp("engines"))
    try:
        found.do("up", IMAGE)
        yield found
    finally:
        found.do("down")


INFLUXDB = """
  influxdb:
    image: influxdb:1.8
    environment: {INFLUXDB_DB: openemsdb}
    ports: ['8086:8086']
    volumes: ['points:/var/lib/influxdb']
"""
HISTORY = "openems-backend/config.d/Timedata/InfluxDB"


@pytest.fixture(scope="session")
def swarmed(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swarmed]:
    """A platform with an InfluxDB, on which the modules have their fleets, one after the other."""
    assert len(engines.nodes()) == 3
    checkout = made(tmp_path_factory.mktemp("checkouts") / "swarmed checkout")
    compose = checkout.path / "docker-compose.yml"
    # Other tests may build theirs meanwhile.
    text = compose.read_text().replace(":latest", ":swarmed")
    compose.write_text(text.replace("\nvolumes:\n", f"{INFLUXDB}\nvolumes:\n  points:\n"))
    shutil.copytree(ROOT / "templates" / "platform" / HISTORY, checkout.path / HISTORY)
    checkout.git("add", "-A")
    checkout.git("commit", "-qm", "images and an InfluxDB of its own")
    found = Swarmed(checkout.path, ("--runtime", "swarm", "--light-image", IMAGE, "--port-offset", str(OFFSET)))
    try:
        yield found
    finally:
        remove(found)


@pytest.fixture(scope="module")
def fleet(swarmed: Swarmed) -> Swarmed:
    """Nine light edges in three tasks, with metrics."""
    how = ("--light-processes", "3", "--metrics-port", str(METRICS_PORT), "--placement", "any")
    swarmed.inv("setup", "--edges", "0", "--light-edges", "9", *how)
    return swarmed
