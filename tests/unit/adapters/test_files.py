from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest

from edge_tasks.adapters.files import (
    files_of_macos,
    read_tree,
    remove_directory,
    replace_directory,
    write_file,
)
from edge_tasks.errors import NotWritable, SettingsError


def test_a_file_is_private_and_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    inode = path.stat().st_ino
    write_file(path, "new\r\nä")
    assert path.read_bytes() == "new\r\nä".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_ino != inode
    assert os.listdir(tmp_path) == ["file"]  # noqa: PTH208 - names


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable, match=re.escape(str(tmp_path / "file"))) as caught:
        write_file(tmp_path / "file" / "below", "text")
    assert caught.value.exit_code == 8


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritable, match="No space left"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_directory_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "config"
    replace_directory(path, {PurePosixPath("a/b.config"): "1", PurePosixPath("c"): "2"})
    replace_directory(path, {PurePosixPath("d/e.config"): "3"})
    assert [found.relative_to(path).as_posix() for found in sorted(path.rglob("*"))] == ["d", "d/e.config"]
    assert (path / "d").stat().st_mode & 0o777 == 0o700
    assert (path / "d/e.config").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["config"]


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    link = tmp_path / "config"
    link.symlink_to(kept)
    with pytest.raises(NotWritable, match="symlink"):
        replace_directory(link, {PurePosixPath("a"): "1"})
    assert (kept / "file").read_text() == "mine"


def test_what_an_interruption_left_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "config"
    for ending in ("new", "old"):
        (tmp_path / f".config.{ending}").mkdir()
        (tmp_path / f".config.{ending}" / "half").write_text("")
    replace_directory(path, {PurePosixPath("a"): "1"})
    remove_directory(path)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_goes_although_a_running_edge_writes_in_it(tmp_path: Path) -> None:
    path = tmp_path / "config"
    replace_directory(path, {PurePosixPath("a/b.config"): "1"})
    folder, ended = os.open(path / "a", os.O_RDONLY), threading.Event()

    def write() -> None:
        """As Felix does: beside the file, then renamed; by the directory itself, wherever its name has gone."""
        while not ended.wait(0.0002):
            with suppress(FileNotFoundError):
                os.close(os.open("b.tmp", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
                os.rename("b.tmp", "b.config", src_dir_fd=folder, dst_dir_fd=folder)

    edge = threading.Thread(target=write)
    edge.start()
    try:
        for _ in range(20):
            remove_directory(path)
            assert list(tmp_path.iterdir()) == []
            replace_directory(path, {PurePosixPath("a/b.config"): "1"})
            os.dup2(reopened := os.open(path / "a", os.O_RDONLY), folder)
            os.close(reopened)
    finally:
        ended.set()
        edge.join()
        os.close(folder)


def test_a_file_in_a_folder_that_is_not_there_is_refused_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(NotWritable) as refused:
        write_file(tmp_path / "no" / "report.html", "")
    assert refused.value.hint == f"mkdir -p {tmp_path}/no"


def test_linked_directories_and_files_are_followed_and_a_loop_ends(tmp_path: Path) -> None:
    shared, folder = tmp_path / "shared", tmp_path / "config.d"
    shared.mkdir()
    folder.mkdir()
    (shared / "a.config").write_text("a")
    (shared / "back").symlink_to(folder)
    (folder / "Simulator").symlink_to(shared)
    (folder / "b.config").symlink_to(shared / "a.config")
    (folder / "notes.txt").write_text("no configuration")
    assert read_tree(folder, ".config") == {
        PurePosixPath("Simulator/a.config"): "a",
        PurePosixPath("b.config"): "a",
    }


@pytest.mark.parametrize("name", ["Simulator", "meter0.config"])
def test_a_link_that_leads_nowhere_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to(tmp_path / "gone")
    with pytest.raises(SettingsError, match=f"{name} is a link that leads nowhere"):
        read_tree(tmp_path, ".config")


def test_a_link_that_git_wrote_as_a_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "config.d"
    folder.mkdir()
    (tmp_path / "shared").mkdir()
    (folder / "Simulator").write_text("../shared")
    with pytest.raises(SettingsError, match=r"Simulator was a link to \.\./shared, and is a file now"):
        read_tree(folder, ".config")


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "good.config").write_text("Größe")
    (tmp_path / "meter0.config").write_bytes('id="meter0"\nalias="Zähler"\n'.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"meter0\.config:2: not UTF-8") as refused:
        read_tree(tmp_path, ".config")
    assert refused.value.hint == "save it as UTF-8, or remove it"


def test_files_of_macos_are_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "Core").mkdir()
    (tmp_path / "Core" / "a.config").write_text("a")
    (tmp_path / "Core" / "._a.config").write_bytes(b"\x00\x05\x16\x07\xff")
    assert read_tree(tmp_path, ".config") == {PurePosixPath("Core/a.config"): "a"}
    assert files_of_macos(tmp_path) == (PurePosixPath("Core/._a.config"),)
