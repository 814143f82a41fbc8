"""Whether what an InfluxDB of the platform holds outlives a purge of the fleet."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.checkout.project import Project
from edge_tasks.checkout.timedata_config import INFLUXDB, Provider
from edge_tasks.fleet.record import Record
from edge_tasks.runtimes.docker.influxdb_volume import is_kept

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Volume
    from edge_tasks.runtimes.docker.stack import Stack

NAMED: Volume = {"type": "volume", "source": "influxdb-data", "target": "/var/lib/influxdb"}
BIND: Volume = {"type": "bind", "source": "/platform/influxdb", "target": "/var/lib/influxdb"}
AROUND: Volume = {"type": "bind", "source": "/platform/lib", "target": "/var/lib"}
OTHER: Volume = {"type": "bind", "source": "/platform/influxdb.conf", "target": "/etc/influxdb"}
UNNAMED: Volume = {"type": "volume", "target": "/var/lib/influxdb"}


def kept(
    folder: Path, volume: Volume, *, made: bool, external: frozenset[str] = frozenset(), **other: str
) -> bool:
    record = Record(folder / "record.json")
    if made:
        record.note(odoo_init="ours")
    project = Project(
        "p", {"influxdb": {"image": other.get("image", "influxdb:1.8"), "volumes": [volume]}}, external
    )
    stack = SimpleNamespace(project=project, context=SimpleNamespace(state=SimpleNamespace(record=record)))
    provider = Provider(
        INFLUXDB, PurePosixPath("1.config"), {}, url=f"http://{other.get('host', 'influxdb')}:8086"
    )
    return is_kept(cast("Stack", stack), provider)


@pytest.mark.parametrize("volume", [NAMED, BIND, AROUND])
def test_data_of_a_platform_that_was_there_before_are_kept(tmp_path: Path, volume: Volume) -> None:
    assert kept(tmp_path, volume, made=False)


@pytest.mark.parametrize("volume", [OTHER, UNNAMED])
def test_data_in_no_mount_with_a_name_are_gone_with_the_container(tmp_path: Path, volume: Volume) -> None:
    assert not kept(tmp_path, volume, made=False)


def test_data_of_an_influxdb_2_are_in_a_folder_of_their_own(tmp_path: Path) -> None:
    assert not kept(tmp_path, NAMED, made=False, image="influxdb:2.7")
    assert kept(tmp_path, {**NAMED, "target": "/var/lib/influxdb2"}, made=False, image="influxdb:2.7")


def test_with_a_database_that_we_made_its_volumes_go_unless_compose_does_not_own_them(tmp_path: Path) -> None:
    assert not kept(tmp_path, NAMED, made=True)
    assert kept(tmp_path, NAMED, made=True, external=frozenset({"influxdb-data"}))


@pytest.mark.parametrize(("volume", "folder"), [(BIND, "/platform/influxdb"), (AROUND, "/platform/lib/influxdb")])
def test_a_folder_goes_if_our_run_has_filled_it(tmp_path: Path, volume: Volume, folder: str) -> None:
    assert kept(tmp_path, volume, made=True)
    Record(tmp_path / "record.json").note(folders={folder: []})
    assert not kept(tmp_path, volume, made=True)


def test_a_server_elsewhere_is_not_touched_by_a_purge(tmp_path: Path) -> None:
    assert kept(tmp_path, NAMED, made=True, host="influx.example.org")
