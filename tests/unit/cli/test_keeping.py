from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.cli import keeping
from edge_tasks.runtimes import docker, embedded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def keep(kind: str, *keys: str) -> KeptFiles:
    kept = KeptFiles.of_user(kind)
    for key in keys:
        with kept.adding(key, {}) as new:
            (new.folder / "file").write_text("x")
    return kept


def test_a_purge_says_what_it_leaves_in_the_cache_of_either_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert keeping.left() == ""
    postgresql = keep(embedded.SNAPSHOTS, "one").folder
    assert keeping.left() == f"left: 1 snapshot of PostgreSQL in {postgresql} → inv cache --clear"
    odoo = keep(docker.SNAPSHOTS, "one", "two").folder
    both = f"2 snapshots of Odoo in {odoo}, 1 snapshot of PostgreSQL in {postgresql}"
    assert keeping.left() == f"left: {both} → inv cache --clear"
