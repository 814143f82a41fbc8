from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters import kept_files
from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.errors import NotWritable
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
    KeptCluster(kept, "18", ()).keep(data, ())
    assert list(kept.folder.iterdir()) == []
