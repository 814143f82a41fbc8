"""Mutation testing of the pure modules: mutmut plants small faults, and the unit tests ought to notice each.

``nox -s mutation`` tries every pure module, ``nox -s mutation -- edge_tasks/fleet/identity.py`` one. A module is
tried against the unit tests that import it. Faults that nobody noticed are printed, and make the session fail;
those that change nothing are explained in ``tests/survivors.yml``. Faults in the wording of messages are only
counted: people read it. mutmut leaves alone what runs at import (constants) and properties.
"""

from __future__ import annotations

import ast
import difflib
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import Path

import yaml

from tests.inv import ROOT
from tests.unit.test_architecture import PURE

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
PACKAGE = "edge_tasks"
COPY = ROOT / "build" / "mutation"
COPIED = (PACKAGE, "tests", "templates", "docs", "bench", "tasks.py", "noxfile.py", "pyproject.toml", "README.md")
EXPLAINED = Path(__file__).with_name("survivors.yml")
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}
TITLES = """
| module | mutants | killed | wording | explained | survived | seconds |
| --- | --- | --- | --- | --- | --- | --- |"""
CONFIGURATION = """\
[mutmut]
source_paths={package}
only_mutate={module}
also_copy=
    {copied}
pytest_add_cli_args=
    --hypothesis-profile=mutation
    -p
    no:cacheprovider
    --ignore=tests/unit/test_architecture.py
pytest_add_cli_args_test_selection=
    {tests}
"""


@dataclass(frozen=True)
class Mutant:
    """A function with one fault in it.

    Attributes:
        change: the lines that differ, which begin with ``-`` and ``+``.
        is_wording: nothing differs but letters of a text that has several words.
    """

    function: str
    change: str
    is_wording: bool


@dataclass(frozen=True)
class Score:
    """What came of one module's mutants: how many there are, and those that no test noticed."""

    module: str
    mutants: int
    wording: int
    explained: int
    survivors: list[Mutant]
    seconds: float

    @property
    def row(self) -> str:
        """The row of a table, as :data:`TITLES` has it."""
        survived = len(self.survivors)
        killed = self.mutants - self.wording - self.explained - survived
        cells = (self.module, self.mutants, killed, self.wording, self.explained, survived, f"{self.seconds:.0f}")
        return f"| {' | '.join(map(str, cells))} |"


def main(names: list[str]) -> int:
    """Try the named modules, or all; 1 where a fault survived that nobody explained."""
    explanations = read_explanations()
    scores = []
    for name in names or [f"{PACKAGE}/{module}" for module in PURE if has_functions(module)]:
        scores.append(score_of(name, explanations.get(name, set())))
        print_survivors(scores[-1])
    print(TITLES, *(score.row for score in scores), sep="\n")
    return int(any(score.survivors for score in scores))


def has_functions(module: str) -> bool:
    """Whether there is anything in a module that mutmut changes."""
    return any(isinstance(node, Function) for node in ast.walk(ast.parse((ROOT / PACKAGE / module).read_text())))


def read_explanations() -> dict[str, set[str]]:
    """Module → the changes of ``survivors.yml``, without the function that they stand in."""
    documents = yaml.safe_load(EXPLAINED.read_text())
    return {module: {tidy(entry["change"]) for entry in entries} for module, entries in documents.items()}


def tidy(change: str) -> str:
    """The lines of a change, without blanks around what they say."""
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in change.strip().splitlines())


def score_of(module: str, explained: set[str]) -> Score:
    """Try one module, in a copy of the project."""
    began = time.monotonic()
    copy_project(module)
    run_mutmut("run", "--max-children", "1")
    statuses = read_statuses(run_mutmut("results", "--all", "true"))
    mutants = read_mutants(COPY / "mutants" / module)
    unnoticed = [mutants[name] for name, status in statuses.items() if status not in NOTICED]
    wording = [mutant for mutant in unnoticed if mutant.is_wording]
    survivors = [mutant for mutant in unnoticed if not mutant.is_wording and mutant.change not in explained]
    explained_away = len(unnoticed) - len(wording) - len(survivors)
    seconds = time.monotonic() - began
    return Score(module, len(statuses), len(wording), explained_away, survivors, seconds)


def copy_project(module: str) -> None:
    """Lay out what the unit tests need, with the module's own tests selected."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, COPY / name)
    text = CONFIGURATION.format(
        package=PACKAGE, module=module, copied="\n    ".join(COPIED), tests="\n    ".join(importers_of(module))
    )
    (COPY / "setup.cfg").write_text(text)


def importers_of(module: str) -> list[str]:
    """The files of unit tests that import a module; all unit tests where none does."""
    name = module.removesuffix(".py").replace("/", ".")
    files = sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
    return [path.relative_to(ROOT).as_posix() for path in files if name in imports_of(path)] or ["tests/unit"]


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, and the names that it takes from them."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return names | {str(node.module) for node in nodes}


def run_mutmut(*arguments: str) -> str:
    """Run mutmut in the copy; what it prints.

    Raises:
        SystemExit: it failed, for instance because a test fails without any fault.
    """
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout[-1500:] + done.stderr[-1500:])
    return done.stdout


def read_statuses(listed: str) -> dict[str, str]:
    """Mutant's name in its file → killed, survived, no tests, …."""
    pairs = (line.strip().rsplit(": ", 1) for line in listed.splitlines() if "__mutmut_" in line)
    return {mutant.rpartition(".")[2]: status for mutant, status in pairs}


def read_mutants(mutated: Path) -> dict[str, Mutant]:
    """Mutant's name in its file → what it is."""
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(mutated.read_text()))
        if isinstance(node, Function) and "__mutmut_" in node.name
    }
    found = {}
    for name, mutant in functions.items():
        function, _, number = name.partition("__mutmut_")
        original = functions[f"{function}__mutmut_orig"]
        if number != "orig":
            before, after = (ast.unparse(node).partition("\n")[2] for node in (original, mutant))
            found[name] = Mutant(function, difference(before, after), is_wording(original, mutant))
    return found


def is_wording(original: ast.AST, mutant: ast.AST) -> bool:
    """Nothing differs but letters of a text that has several words."""
    pairs = zip(ast.walk(original), ast.walk(mutant), strict=False)
    texts = [
        (one.value, other.value)
        for one, other in pairs
        if isinstance(one, ast.Constant) and isinstance(other, ast.Constant) and one.value != other.value
    ]
    return bool(texts) and all(
        isinstance(one, str) and isinstance(other, str) and " " in one.strip() and plain(one) == plain(other)
        for one, other in texts
    )


def plain(text: str) -> str:
    """A text without what mutmut does to texts."""
    return text.removeprefix("XX").removesuffix("XX").lower()


def difference(before: str, after: str) -> str:
    """The lines that differ; of a single line only the part that differs, and what stands around it."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    old, new = ([line[2:].strip() for line in lines if line[0] == sign] for sign in "-+")
    if len(old) == len(new) == 1:
        old[0], new[0] = differing_parts(old[0], new[0])
    return tidy("\n".join([f"- {line}" for line in old] + [f"+ {line}" for line in new]))


def differing_parts(old: str, new: str, around: int = 30) -> tuple[str, str]:
    """What differs, with some characters before and behind it."""
    begin = same_at_the_beginning(old, new)
    end = same_at_the_beginning(old[begin:][::-1], new[begin:][::-1])
    left, right = max(begin - around, 0), max(end - around, 0)
    return old[left : len(old) - right], new[left : len(new) - right]


def same_at_the_beginning(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def print_survivors(score: Score) -> None:
    """Print each change that no test noticed, below the function's name."""
    for function, mutants in groupby(score.survivors, key=lambda mutant: mutant.function):
        print(f"\n{score.module}: {function}", *(mutant.change for mutant in mutants), sep="\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
