from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters import kept_files
from edge_tasks.adapters.kept_files import DamagedError, KeptFiles


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    return KeptFiles(tmp_path / "cache")


def add(kept: KeptFiles, key: str, content: bytes = b"content", *, no_room: bool = False) -> None:
    with kept.adding(key, {"of": key}) as new:
        (new.folder / "a.file").write_bytes(content)
        if no_room:
            raise OSError(errno.ENOSPC, "No space left on device")
        new.about["size"] = str(len(content))


def test_what_is_kept_is_found_again_with_what_is_said_of_it(kept: KeptFiles) -> None:
    assert kept.find("a") is None
    add(kept, "a")
    found = kept.find("a")
    assert found is not None
    assert (found.folder / "a.file").read_bytes() == b"content"
    assert found.about == {"of": "a", "size": "7"}
    assert [entry.folder.name for entry in kept.entries()] == ["a"]


def test_nobody_else_can_read_it(kept: KeptFiles) -> None:
    add(kept, "a")
    assert [path.stat().st_mode & 0o777 for path in (kept.folder, kept.folder / "a")] == [0o700] * 2
    assert (kept.folder / "a" / "entry.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_of_what_cannot_be_made(kept: KeptFiles) -> None:
    with pytest.raises(OSError, match="No space"):
        add(kept, "a", no_room=True)
    assert (list(kept.folder.iterdir()), kept.find("a")) == ([], None)


@pytest.mark.parametrize("name", ["a.file", "entry.json"])
@pytest.mark.parametrize("content", [None, b"", b"conten", b"{}", b"[]", b'{"digests": {}}', b"\xff"])
def test_what_is_damaged_is_said_once_and_gone(kept: KeptFiles, name: str, content: bytes | None) -> None:
    add(kept, "a")
    path = kept.folder / "a" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert len(kept.entries()) == 1
    with pytest.raises(DamagedError):
        kept.find("a")
    assert (kept.find("a"), list(kept.folder.iterdir())) == (None, [])


@pytest.mark.parametrize("call", ["adding", "find", "entries"])
def test_what_a_killed_call_left_is_no_entry_and_goes_after_an_hour(kept: KeptFiles, call: str) -> None:
    add(kept, "a")
    half = kept.folder / ".b.0123.new"
    half.mkdir()
    add(kept, "c")
    assert half.is_dir(), "somebody may still be at it"
    assert {entry.folder.name for entry in kept.entries()} == {"a", "c"}
    os.utime(half, (0, time.time() - 4000))
    calls = {"adding": lambda: add(kept, "d"), "find": lambda: kept.find("e"), "entries": kept.entries}
    calls[call]()
    assert not half.exists()


def test_of_two_that_make_the_same_at_once_one_is_kept_and_both_go_on(kept: KeptFiles) -> None:
    with kept.adding("a", {"by": "one"}) as one, kept.adding("a", {"by": "other"}) as other:
        (one.folder / "a.file").write_bytes(b"one")
        (other.folder / "a.file").write_bytes(b"other")
    found = kept.find("a")
    assert found is not None
    assert found.about == {"by": "other"}
    assert [path.name for path in kept.folder.iterdir()] == ["a"]


def test_two_that_find_the_same_at_once_both_get_it(kept: KeptFiles) -> None:
    add(kept, "a", b"x" * 1_000_000)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(kept.find("a"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry is not None for entry in found] == [True, True]


def test_what_was_used_longest_ago_goes_when_all_is_too_much(
    kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, key in ((300, "old"), (200, "older but used"), (100, "new")):
        add(kept, key, b"x" * 1000)
        os.utime(kept.folder / key / "entry.json", (0, time.time() - age))
    kept.find("older but used")
    monkeypatch.setattr(kept_files, "MOST_BYTES", 4000)
    add(kept, "newest", b"x" * 1000)
    assert {entry.folder.name for entry in kept.entries()} == {"newest", "older but used", "new"}


@given(st.lists(st.binary(max_size=2000), max_size=8), st.integers(0, 5000))
def test_all_together_is_never_more_than_allowed(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], most: int
) -> None:
    kept = KeptFiles(tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_files, "MOST_BYTES", most)
        for number, content in enumerate(contents):
            add(kept, str(number), content)
    assert sum(entry.size for entry in kept.entries()) <= most


def test_clearing_removes_everything_and_counts_entries(kept: KeptFiles) -> None:
    assert kept.clear() == 0
    add(kept, "a")
    add(kept, "b")
    (kept.folder / ".c.0123.new").mkdir()
    assert kept.clear() == 2
    assert list(kept.folder.iterdir()) == []


def test_the_users_cache_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert KeptFiles.of_user("odoo").folder == tmp_path / "edge-tasks" / "odoo"
    for other in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", other)
        assert KeptFiles.of_user("odoo").folder == Path.home() / ".cache" / "edge-tasks" / "odoo"


def test_a_cache_that_cannot_be_looked_at_has_nothing(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path / ("x" * 300))  # which no file system takes
    assert kept.find("key") is None
    assert kept.entries() == []
    assert kept.clear() == 0
