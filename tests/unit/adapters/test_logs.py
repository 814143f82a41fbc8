from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters import logs

if TYPE_CHECKING:
    from pathlib import Path


def test_the_lines_of_an_edge_are_those_with_its_name_and_no_longer_one() -> None:
    lines = ["INFO edge1: connected", "INFO edge11: connected", "(edge1) is known", "edge1-old: gone", "nothing"]
    assert list(logs.with_words(lines, ["edge1"])) == ["INFO edge1: connected", "(edge1) is known"]


def test_without_words_every_line_counts() -> None:
    assert list(logs.with_words(["a", ""], [])) == ["a", ""]


def test_the_last_lines_are_those_that_match(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "light.log"
    file.write_text("edge0: connected\n" + "edge1: connected\n" * 200)
    logs.show({"edges": file, "backend": tmp_path / "missing"}, ["edge0"], pytest.fail)
    assert capsys.readouterr().out == "edges | edge0: connected\n"
    logs.show({"edges": file}, ["edge1"], pytest.fail, last=3)
    assert capsys.readouterr().out == "edges | edge1: connected\n" * 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["edge2"], "no line of edge2 in the log of backend or edges"),
        (["edge2", "edge3"], "no line of edge2, edge3 in the log of backend or edges"),
        ([], ""),
    ],
)
def test_if_there_is_no_line_of_an_edge_that_is_said(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backend.log").write_text("started\n")
    said: list[str] = []
    logs.show({"backend": tmp_path / "backend.log", "edges": tmp_path / "none"}, words, said.append)
    assert said == [told] * bool(told)
    assert bool(capsys.readouterr().out) != bool(told)
