from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import NotWritable, RegistrationError
from edge_tasks.registry.file.local_file import LocalFile

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_was_there_keeps_its_mode_and_a_new_one_is_private(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text("{}")
    old.chmod(0o640)
    for path in (old, new):
        LocalFile(path).write('{"edges": {}}')
        assert path.read_text() == '{"edges": {}}'
    assert [path.stat().st_mode & 0o777 for path in (old, new)] == [0o640, 0o600]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.json", "old.json"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_that_was_there_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "metadata.json"
    path.write_text("{}")
    os.chown(path, 911, 912)
    LocalFile(path).write("{ }")
    assert (path.stat().st_uid, path.stat().st_gid) == (911, 912)


def test_bytes_that_are_no_utf8_stay(tmp_path: Path) -> None:
    path = tmp_path / "metadata.json"
    path.write_bytes(b'{"comment": "caf\xe9"}\r\n')
    file = LocalFile(path)
    file.write(file.read() or "")
    assert path.read_bytes() == b'{"comment": "caf\xe9"}\r\n'


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("{}")
    link = tmp_path / "metadata.json"
    link.symlink_to("real.json")
    LocalFile(link).write("{ }")
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_text() == "{ }"
    LocalFile(link).remove()
    assert link.is_symlink()
    assert not (tmp_path / "real.json").exists()


def test_a_file_that_is_not_there_has_no_text_and_one_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert LocalFile(tmp_path / "metadata.json").read() is None
    (tmp_path / "metadata.json").mkdir()
    with pytest.raises(RegistrationError, match="Is a directory") as refused:
        LocalFile(tmp_path / "metadata.json").read()
    assert refused.value.hint == "remove it"


def test_a_folder_that_is_not_there_is_made_and_one_that_cannot_be_is_named(tmp_path: Path) -> None:
    LocalFile(tmp_path / "new" / "metadata.json").write("{}")
    assert (tmp_path / "new" / "metadata.json").read_text() == "{}"
    with pytest.raises(NotWritable, match=r"metadata\.json"):
        LocalFile(tmp_path / "new" / "metadata.json" / "metadata.json").write("{}")


def test_only_the_owner_and_root_may_replace_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "metadata.json"
    path.write_text("{}")
    for uid, may in ((path.stat().st_uid, True), (path.stat().st_uid + 1, False), (0, True)):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid)
        assert LocalFile(path).may_be_replaced is may
    assert LocalFile(tmp_path / "new.json").may_be_replaced


def test_a_file_of_a_group_that_is_not_the_callers_is_left_to_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "metadata.json"
    path.write_text("{}")
    found = path.stat()
    monkeypatch.setattr(os, "geteuid", lambda: found.st_uid or 1)
    if found.st_uid == 0:
        os.chown(path, 1, found.st_gid)
    for groups, may in (([found.st_gid], True), ([found.st_gid + 1], False)):
        monkeypatch.setattr(os, "getegid", lambda: found.st_gid + 1)
        monkeypatch.setattr(os, "getgroups", lambda groups=groups: groups)
        assert LocalFile(path).may_be_replaced is may
