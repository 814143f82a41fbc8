from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.named_file import FileKind, has_mark, has_titles
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

KIND = FileKind(
    "list", "list", {".csv": has_titles(("a", "b"), ("a",)), ".html": has_mark(b"<ours>")}, "; or --json"
)
OURS = {
    "a.csv": b"a,b\n1,2\n",
    "b.CSV": b"a\n",
    "of_a_spreadsheet.csv": b'\xef\xbb\xbf"a","b"\r\n',
    "empty.csv": b"",
    "a.html": b"<html><ours>",
}
FOREIGN = {
    "a.csv": b"a,b,c\n",
    "blank.csv": b"\n",
    "binary.csv": b"\xff\xfe\x00",
    "long.csv": b"x" * 200_000,
    "a.html": b"<html>" + b" " * 1000 + b"<ours>",
}


@pytest.mark.parametrize("name", OURS)
def test_a_file_of_the_same_kind_is_replaced(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(OURS[name])
    KIND.check(tmp_path / name)
    KIND.check(tmp_path / "not_there.csv")


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_another_kind_is_not_replaced(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[name])
    with pytest.raises(SettingsError, match="would replace") as refused:
        KIND.check(path)
    assert refused.value.message == f"--output would replace {path}, which is no list"
    assert refused.value.hint == f"another name: --output {path.stem}-list{path.suffix}, or move that file away"


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("folder.csv", "pipe.csv"):
        with pytest.raises(SettingsError, match="would replace"):
            KIND.check(tmp_path / name)


def test_another_ending_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--keys is .*README\.md") as refused:
        KIND.check_ending(tmp_path / "README.md", "--keys")
    assert refused.value.hint == "FILE.csv or FILE.html; or --json"


def test_of_a_file_beside_the_one_that_was_typed_another_name_for_that_one_is_said(tmp_path: Path) -> None:
    beside = tmp_path / "run.html"
    beside.write_text("mine")
    with pytest.raises(SettingsError) as refused:
        KIND.check(beside, typed=tmp_path / "run.csv")
    assert refused.value.hint == "another name: --output run-list.csv, or move that file away"
