"""How a row of docs/reference/faults.md about a platform or a machine is run, on a checkout without a fleet."""

from __future__ import annotations

import re
import shlex
import subprocess
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.catalogue import commands_in, document
from tests.inv import finished, inv

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

COMPOSE = "docker-compose.yml"
OFFSET = 1700
"""Of all ports: nobody else uses these."""

DOCKER = re.compile(r"docker (?:exec|volume rm) [^;]+")
"""What is typed for Docker in a hint."""


@dataclass(frozen=True)
class Finding:
    """A fault that the doctor names.

    Attributes:
        fault: its name.
        says: a part of what is wrong.
        change: a part of the hint.
        breaks: makes it in the checkout.
        mends: what the hint says, done as it says, where it is no command of ours.
        code: with which the doctor ends.
        count: how many findings there are, each with this fault.
        typed: options of the doctor.
        meanwhile: what is there as long as the case lasts.
    """

    fault: str
    says: str
    change: str
    breaks: Callable[[Any], object] = lambda _checkout: None
    mends: Callable[[Any], object] | None = None
    code: int = 2
    count: int = 1
    typed: tuple[str, ...] = ()
    meanwhile: Callable[[Any], AbstractContextManager[object]] = nullcontext


def written(name: str, pattern: str, replacement: str) -> Callable[[Any], None]:
    """Change a file of the checkout."""

    def change(checkout: Any) -> None:
        path = checkout.path / name
        text = path.read_text() if path.exists() else ""
        changed = re.sub(pattern, replacement, text, count=1)
        assert changed != text
        path.write_text(changed)

    return change


def restored(checkout: Any) -> None:
    checkout.git("checkout", "-q", ".")
    checkout.git("clean", "-qfdx")


def found_by(checkout: Any, code: int, *typed: str) -> list[dict[str, Any]]:
    moved = () if "--port-offset" in typed else ("--port-offset", str(OFFSET))
    found: list[dict[str, Any]] = document(checkout, "doctor", "--edges", "3", *moved, *typed, code=code)[
        "findings"
    ]
    return found


def options_in(change: str) -> list[str]:
    """The options that a hint without a command names, to be typed with the command that was refused."""
    found = re.findall(r"--[a-z-]+(?: [a-z0-9.-]+[a-z0-9])?", change)
    return found[-1].split() if found else []


def run(case: Finding, checkout: Any) -> None:
    """Break it, read the finding, do what its hint says, and it is gone."""
    restored(checkout)
    with case.meanwhile(checkout):
        case.breaks(checkout)
        findings = found_by(checkout, case.code, *case.typed)
        assert [finding["fault"] for finding in findings] == [case.fault] * case.count, findings
        assert {finding["error"] for finding in findings} == {case.code != 0}
        assert [finding for finding in findings if case.says not in finding["what"]] == []
        assert [finding for finding in findings if case.change not in finding["change"]] == []
        again = done_as_said(case, checkout, findings[0]["change"])
        assert found_by(checkout, 0, *again) == []


def done_as_said(case: Finding, checkout: Any, change: str) -> list[str]:
    """Do what a hint says; the options to type from now on."""
    again = list(case.typed)
    if case.mends is not None:
        case.mends(checkout)
    elif of_docker := DOCKER.search(change):
        if "inv down" in change:
            document(checkout, "down", code=0)
        subprocess.run(shlex.split(of_docker[0]), check=True, capture_output=True)
    elif down := re.search("inv (down --platform .+), or ", change):
        assert finished(inv(*shlex.split(down[1]))).returncode == 0
    elif commands := commands_in(change):
        [[step, option, *_]] = commands
        document(checkout, step, option, code=0)
    else:
        new = options_in(change)
        return [*new, *(() if set(new) & set(again) else again)]
    return again
