"""How large the code is: ``python bench/size.py``, or ``python bench/size.py ../another-checkout``.

All lines of a module count. A function's lines are those from its ``def`` to its last one; its docstring and
the functions inside it count as well. ``Any`` is counted where it is used, not where it is imported. ``noqa`` is
counted in comments.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Size:
    """The figures of one or more modules; a length is a number of lines."""

    modules: tuple[int, ...] = ()
    functions: tuple[int, ...] = ()
    anys: int = 0
    exceptions: int = 0

    def __add__(self, other: Size) -> Size:
        """The figures of both."""
        return Size(
            self.modules + other.modules,
            self.functions + other.functions,
            self.anys + other.anys,
            self.exceptions + other.exceptions,
        )


def size_of(text: str) -> Size:
    """The figures of one module's text."""
    nodes = list(ast.walk(ast.parse(text)))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    comments = (
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )
    return Size(
        modules=(len(text.splitlines()),),
        functions=tuple((node.end_lineno or node.lineno) - node.lineno + 1 for node in functions),
        anys=sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes),
        exceptions=sum("noqa" in comment for comment in comments),
    )


def size_below(folder: Path) -> Size:
    """The figures of all modules in a folder and in those below it."""
    return sum((size_of(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))), Size())


def rows(size: Size) -> dict[str, str]:
    """Name of a figure → figure."""
    return {
        "modules": f"{len(size.modules)}",
        "lines": f"{sum(size.modules)}",
        "median lines of a module": f"{median(size.modules):g}",
        "functions": f"{len(size.functions)}",
        "median lines of a function": f"{median(size.functions):g}",
        "nine of ten functions have at most": f"{quantiles(size.functions, n=10, method='inclusive')[-1]:g}",
        "Any": f"{size.anys}",
        "noqa": f"{size.exceptions}",
    }


def main() -> None:
    """Print the figures of this checkout, or of the one that is named."""
    project = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT
    for name, figure in rows(size_below(project / "edge_tasks")).items():
        print(f"{name:36}{figure:>8}")


if __name__ == "__main__":
    main()
