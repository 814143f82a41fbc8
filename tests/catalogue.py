"""How a row of docs/reference/faults.md is run: break it, read the verdict, type the hint, and all is well."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import tasks
from tests.inv import ROOT, without_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAGE = ROOT / "docs" / "reference" / "faults.md"
_WORD = "|".join((*sorted(tasks.namespace.task_names, key=len, reverse=True), "--[a-z-]+", r"\d+"))
COMMAND = re.compile(rf"inv ((?:{_WORD})(?: (?:{_WORD})\b)*)")
RUNTIMES = ("embedded", "docker", "swarm")
EVERYBODY = ("edge0", "edge1", "edge2")
NOT_ONLINE = 6
LAST_WRITE_S = 31
"""The backend writes every 30 s of whom it has heard; of edges that hang, it writes once more."""


class Typed(Protocol):
    """A fleet that commands are typed for."""

    def command(self, *arguments: str) -> list[str]:
        """The whole command."""

    def begin_again(self) -> None:
        """Purge it and set it up, so that one case that fails fails alone."""


@dataclass(frozen=True)
class Case:
    """A fault of an edge, made on purpose.

    Attributes:
        fault: its name.
        says: a part of the reason.
        breaks: makes it, on a fleet of three edges.
        ill: the edges that have it, and nobody else.
        then: what somebody else does before the hint is typed, or, where the hint is no command, what it says.
        timeout_s: how long ``verify`` waits before it judges.
    """

    fault: str
    says: str
    breaks: Callable[[Any], object]
    ill: Sequence[str] = ("edge1",)
    then: Callable[[Any], object] | None = None
    timeout_s: int = 3


def document(fleet: Typed, *arguments: str, code: int) -> dict[str, Any]:
    """The JSON document of a command that ends with this code."""
    done = subprocess.run(
        fleet.command(*arguments, "--json"),
        cwd=ROOT,
        env=without_settings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def commands_in(hint: str) -> list[list[str]]:
    """The commands of ours that a hint names, each without the word ``inv``."""
    return [shlex.split(found) for found in COMMAND.findall(hint)]


def run(case: Case, fleet: Typed) -> None:
    """Break it, read the verdict, type the hint, and all is well."""
    try:
        _run(case, fleet)
    except Exception:
        fleet.begin_again()
        raise


def _run(case: Case, fleet: Typed) -> None:
    case.breaks(fleet)
    seen = document(fleet, "verify", "--timeout", str(case.timeout_s), code=NOT_ONLINE)["edges"]
    ill = {edge["name"]: edge for edge in seen if edge["state"] != "online"}
    assert sorted(ill) == sorted(case.ill)
    assert {edge["fault"] for edge in ill.values()} == {case.fault}, ill
    assert [edge["why"] for edge in ill.values() if case.says not in edge["why"]] == [], ill
    if case.then is not None:
        case.then(fleet)
    for hint in sorted({edge["hint"] for edge in ill.values()}):
        for typed in commands_in(hint):
            document(fleet, *typed, code=0)
    seen = document(fleet, "verify", code=0)["edges"]
    assert [(edge["name"], edge["state"]) for edge in seen] == [(name, "online") for name in EVERYBODY]


def rows() -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    """The rows of the page: a fault, and by runtime the names of its cases."""
    found: list[tuple[str, dict[str, tuple[str, ...]]]] = []
    titles: list[str] = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| fault |"):
            titles = cells
        elif line.startswith("| `"):
            row = dict(zip(titles, cells, strict=True))
            cases = {runtime: tuple(re.findall("`([^`]+)`", row[runtime])) for runtime in RUNTIMES}
            found.append((row["fault"].strip("`"), cases))
    return found
