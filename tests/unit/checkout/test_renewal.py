from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.checkout.renewal import EARLIER, find_outdated, renew

if TYPE_CHECKING:
    from pathlib import Path

OLD = "what was shipped before"
SHIPPED = {"compose.yml": frozenset({hashlib.sha256(OLD.encode()).hexdigest()})}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A platform that an earlier version laid out."""
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "compose.yml").write_text(OLD)
    return tmp_path / "platform"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What is shipped now."""
    (tmp_path / "source" / "config.d").mkdir(parents=True)
    (tmp_path / "source" / "compose.yml").write_text("new")
    (tmp_path / "source" / "config.d" / "history.config").write_text("added since")
    return tmp_path / "source"


def test_a_file_that_nobody_has_changed_is_renewed_and_what_is_new_is_added(folder: Path, source: Path) -> None:
    (folder / "mine").write_text("x")
    assert renew(folder, source, SHIPPED) == (PurePosixPath("compose.yml"),)
    assert (folder / "compose.yml").read_text() == "new"
    assert (folder / "config.d" / "history.config").read_text() == "added since"
    assert (folder / "mine").read_text() == "x"
    assert renew(folder, source, SHIPPED) == ()


def test_what_people_have_changed_stays_and_nothing_is_added(folder: Path, source: Path) -> None:
    (folder / "compose.yml").write_text(f"{OLD}, changed")
    assert renew(folder, source, SHIPPED) == ()
    assert [path.name for path in folder.iterdir()] == ["compose.yml"]
    assert (folder / "compose.yml").read_text() == f"{OLD}, changed"


def test_a_file_that_is_not_shipped_any_more_goes(folder: Path, source: Path) -> None:
    (folder / "gone.config").write_text(OLD)
    earlier = {"gone.config": SHIPPED["compose.yml"]}
    assert renew(folder, source, earlier) == (PurePosixPath("gone.config"),)
    assert not (folder / "gone.config").exists()


def test_no_file_that_is_shipped_now_is_taken_for_an_earlier_one() -> None:
    assert find_outdated(bundled_source()) == ()
    assert all(len(digest) == 64 for digests in EARLIER.values() for digest in digests)


def test_an_earlier_file_that_nobody_has_changed_is_removed_with_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform(tmp_path / "platform", bundled=True)
    platform.lay_out()
    (platform.path / "compose.yml").write_text(OLD)
    monkeypatch.setattr(
        "edge_tasks.checkout.layouts.find_outdated", lambda folder: find_outdated(folder, SHIPPED)
    )
    assert platform.remove_bundled() == ()
    assert not platform.path.exists()
