from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.inv import ROOT
from tests.mutation import difference, importers_of, is_wording, read_explanations


def function(line: str) -> ast.FunctionDef:
    [found] = ast.parse(f"def f(x):\n    {line}").body
    assert isinstance(found, ast.FunctionDef)
    return found


@pytest.mark.parametrize(
    ("before", "after", "wording"),
    [
        ("raise Error('no edge there')", "raise Error('XXno edge thereXX')", True),
        ("raise Error(f'no edge{x} there')", "raise Error(f'NO EDGE{x} there')", True),
        ("raise Error('no edge there')", "raise Error(None)", False),
        ("return 'online'", "return 'XXonlineXX'", False),
        ("return ', '.join(x)", "return 'XX, XX'.join(x)", False),
        ("return x + 1", "return x + 2", False),
        ("return 'no edge there' if x else 1", "return 'no edge there' if not x else 1", False),
    ],
)
def test_only_letters_of_a_text_of_several_words_are_wording(before: str, after: str, wording: bool) -> None:  # noqa: FBT001
    assert is_wording(function(before), function(after)) is wording


def test_of_a_line_only_what_differs_is_shown_and_what_stands_around_it() -> None:
    line = "x = " + "a" * 50 + " < " + "b" * 50
    assert difference(line, line.replace("<", ">=")) == (f"- {'a' * 29} < {'b' * 29}\n+ {'a' * 29} >= {'b' * 29}")
    assert difference("a\nb", "a\nb") == ""
    assert difference("a\nb\nc", "a\nc") == "- b"


def test_a_module_is_tried_against_the_unit_tests_that_import_it() -> None:
    assert [Path(path).name for path in importers_of("edge_tasks/cli/typos.py")] == ["test_typos.py"]
    assert importers_of("edge_tasks/nobody.py") == ["tests/unit"]


def test_what_is_explained_is_of_modules_that_there_are() -> None:
    assert [name for name in read_explanations() if not (ROOT / name).is_file()] == []
