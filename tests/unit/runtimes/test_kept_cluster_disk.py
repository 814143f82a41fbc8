from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from edge_tasks.adapters import kept_files
from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.errors import NotWritable
from edge_tasks.runtimes.embedded import kept_cluster as kept_cluster_module
from edge_tasks.runtimes.embedded.kept_cluster import KeptCluster

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_disk_that_is_full_when_the_description_is_written_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _text: str) -> None:
        raise NotWritable(f"{path} cannot be written: No space left on device")

    monkeypatch.setattr(kept_files, "write_file", refuse)
    data, kept = tmp_path / "data", KeptFiles(tmp_path / "cache")
    data.mkdir()
    KeptCluster(kept, "18", (), print).keep(data, ())
    assert list(kept.folder.iterdir()) == []


def kept_cluster(folder: Path, said: list[str]) -> tuple[KeptCluster, KeptFiles]:
    """One that is kept but is no tar file."""
    kept = KeptFiles(folder / "cache")
    cluster = KeptCluster(kept, "18", (), said.append)
    data = folder / "data"
    data.mkdir()
    cluster.keep(data, ())
    (entry,) = kept.entries()
    key, about = entry.folder.name, entry.about
    kept.remove(key)
    with kept.adding(key, about) as new:
        (new.folder / "data.tar").write_bytes(b"no tar file" * 1000)
    return cluster, kept


def test_one_that_cannot_be_unpacked_is_removed_and_that_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    cluster, kept = kept_cluster(tmp_path, said)
    assert not cluster.restore(tmp_path / "data", ())
    assert kept.entries() == []
    assert said == ["  the snapshot of PostgreSQL is no good and was removed: it cannot be unpacked"]


def test_on_a_full_disk_one_stays_that_could_not_be_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    cluster, kept = kept_cluster(tmp_path, said)
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: full)
    assert not cluster.restore(tmp_path / "data", ())
    assert len(kept.entries()) == 1
    assert said == ["  the snapshot of PostgreSQL is not used: the disk is full"]


def test_one_stays_if_unpacking_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    cluster, kept = kept_cluster(tmp_path, said)
    monkeypatch.setattr(kept_cluster_module, "_SECONDS", 0.01)
    assert not cluster.restore(tmp_path / "data", ("sh", "-c", "exec sleep 5"))
    assert len(kept.entries()) == 1
    assert ["timed out" in line for line in said] == [True]
