from __future__ import annotations

import importlib.util
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks import errors
from edge_tasks.openems import load_curve_terms
from tests.inv import ROOT, inv

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed_by(*arguments: str) -> str:
    return subprocess.run(inv(*arguments), cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_generated_pages_are_as_the_code_is_now() -> None:
    stale = [path.name for path, text in generator().pages().items() if path.read_text() != text]
    assert stale == [], "python docs/generate_reference.py writes them again"


@pytest.mark.parametrize("name", ["setup", "doctor", "dashboard", "report", "down", "status", "gen-configs"])
def test_the_page_of_tasks_has_the_options_that_help_shows(name: str) -> None:
    page = (DOCS / "reference" / "tasks.md").read_text()
    shown = set(re.findall(r"^  (--[a-z-]+)", printed_by(name, "--help-all"), re.MULTILINE))
    in_cells = set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))
    assert len(shown) >= 3
    assert shown <= in_cells
    assert f"| `{name}` |" in page


def test_the_page_of_profiles_has_every_key_that_a_profile_may_have() -> None:
    page = (DOCS / "reference" / "profiles.md").read_text()
    keys = {*load_curve_terms.KEYS, *load_curve_terms.SECTION_KEYS, *load_curve_terms.SUN_KEYS}
    assert set(re.findall(r"^\| `([a-z_]+)`", page, re.MULTILINE)) == keys


def test_every_exit_code_of_an_error_is_in_the_table() -> None:
    page = (DOCS / "reference" / "exit-codes.md").read_text()
    codes = {kind.exit_code for kind in errors.FleetError.__subclasses__()}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} >= codes | {0, 130}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_leads_only_to_what_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)", page.read_text())
    assert [link for link in links if link and not (page.parent / link).exists()] == []


def test_every_dependency_has_its_reason_in_the_list() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    names = {name.lower() for part in lists for name in re.findall(r'^ +"([A-Za-z0-9-]+)', part, re.MULTILINE)}
    page = (DOCS / "decisions" / "libraries.md").read_text().lower()
    assert {"invoke", "rich", "pyte"} <= names
    assert [name for name in sorted(names) if not re.search(rf"(?<![\w-]){name}(?![\w-])", page)] == []


def test_pictures_are_small() -> None:
    assert [path.name for path in (DOCS / "images").iterdir() if path.stat().st_size > 200_000] == []


@pytest.mark.parametrize(
    "path",
    [
        "keys.csv",
        "keys.json",
        "keys.csv.attach/light.log",
        "edge-tasks-attach-20261126-060033.html",
        "edge-tasks-attach-20261126-060033.json",
        "edge-tasks-report-20261126-060033.html",
    ],
)
def test_what_tasks_write_into_a_clone_is_not_offered_to_git(path: str) -> None:
    ignored = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)
    assert ignored.returncode == 0
