"""How much room there is where InfluxDB has its data, as ``df`` says it in the container."""

from __future__ import annotations

import pickle
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from edge_tasks.adapters.docker import Docker
from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.docker.influxdb_disk import InfluxDbDisk

DEBIAN = """\
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda1         61255492 23456789  34657012      41% /var/lib/influxdb
"""
BUSYBOX = """\
Filesystem           1024-blocks    Used Available Capacity Mounted on
overlay              61255492  23456789        12 100% /
"""
SPACES = """\
Filesystem 1024-blocks Used Available Capacity Mounted on
my nas 5 2% of it 100 40 60 40% /var/lib/influxdb
"""


@dataclass
class Engine:
    """An engine that runs a command in a container: it says something, or runs it here, or refuses."""

    said: str | None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *arguments: str) -> str:
        self.asked.append(arguments)
        if self.said is None:
            raise CommandFailed("docker exec ended with 126")
        return self.said or subprocess.run(arguments[2:], capture_output=True, text=True, check=True).stdout


def free(engine: Engine) -> int | None:
    return InfluxDbDisk(cast("Docker", engine), "c0ffee").free()


@pytest.mark.parametrize(("said", "kib"), [(DEBIAN, 34657012), (BUSYBOX, 12), (SPACES, 60)])
def test_the_room_is_what_is_available(said: str, kib: int) -> None:
    engine = Engine(said)
    assert free(engine) == kib * 1024
    assert engine.asked[0][:2] == ("exec", "c0ffee")


def test_the_command_works_where_there_is_no_influxdb_at_all() -> None:
    found = free(Engine(""))
    assert found is not None
    assert found > 0


@pytest.mark.parametrize("said", [None, "nothing that looks like df"])
def test_without_df_nobody_can_say(said: str | None) -> None:
    assert free(Engine(said)) is None


def test_the_processes_that_write_get_it_too() -> None:
    disk = InfluxDbDisk(Docker(Path("docker.log")), "c0ffee")
    assert pickle.loads(pickle.dumps(disk)) == disk  # noqa: S301 - our own bytes
