from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters import logs

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_lines_of_an_edge_are_those_with_its_name_and_no_longer_one() -> None:
    lines = ["INFO edge1: connected", "INFO edge11: connected", "(edge1) is known", "edge1-old: gone", "nothing"]
    assert list(logs.with_words(lines, ["edge1"])) == ["INFO edge1: connected", "(edge1) is known"]


def test_without_words_every_line_counts() -> None:
    assert list(logs.with_words(["a", ""], [])) == ["a", ""]


def test_the_last_lines_are_those_that_match(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "light.log"
    file.write_text("edge0: connected\n" + "edge1: connected\n" * 200)
    logs.show({"edges": file, "backend": tmp_path / "missing"}, ["edge0"])
    assert capsys.readouterr().out == "edges | edge0: connected\n"
    logs.show({"edges": file}, ["edge1"], last=3)
    assert capsys.readouterr().out == "edges | edge1: connected\n" * 3
