from __future__ import annotations

from typing import TYPE_CHECKING

from bench.size import rows, size_below, size_of

if TYPE_CHECKING:
    from pathlib import Path

MODULE = '''\
from typing import Any

def outer(what: Any) -> list[Any]:
    """Any word here is no type, and noqa in a text is no comment."""
    async def inner() -> str:
        return "noqa"
    return [what, inner]  # noqa: RET504 - an example
'''


def test_a_function_has_the_lines_from_its_head_to_its_end() -> None:
    assert sorted(size_of(MODULE).functions) == [2, 5]


def test_an_any_is_counted_where_it_is_used_and_not_where_it_is_imported() -> None:
    assert size_of(MODULE).anys == 2


def test_an_exception_is_counted_in_comments_only() -> None:
    assert size_of(MODULE).exceptions == 1


def test_the_figures_of_a_folder_are_those_of_all_modules_below_it(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (tmp_path / "one.py").write_text(MODULE)
    (room / "two.py").write_text("def f() -> None:\n    pass\n")
    size = size_below(tmp_path)
    assert sorted(size.modules) == [2, 7]
    assert rows(size)["median lines of a function"] == "2"
    assert rows(size)["lines"] == "9"
