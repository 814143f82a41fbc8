"""Every fault that the doctor finds in the embedded runtime: see docs/reference/faults.md."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.absence import is_without
from tests.inv import ROOT, inv, without_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

REFUSED, MISSING = 2, 3
OVERRIDE = "docker-compose.override.yml"


@dataclass(frozen=True)
class Machine:
    """A machine, and a platform on it that is examined.

    Attributes:
        platform: which is examined.
        folder: for whatever else a case needs.
        before: what the shell does first.
        more: options that are typed besides those of a case.
    """

    platform: Any
    folder: Path
    before: str = ""
    more: tuple[str, ...] = ()

    def findings(self, *typed: str, code: int) -> list[dict[str, Any]]:
        """What the doctor finds, in a shell that does something before."""
        given = [*typed, *self.more, *self._where(typed)]
        script = f"{self.before}\nexec {shlex.join(inv('doctor', '--json', *given))}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT,
            env=without_settings(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
        return found

    def _where(self, typed: tuple[str, ...]) -> list[str]:
        """The platform's options, unless others were typed."""
        pairs = zip(self.platform.options[::2], self.platform.options[1::2], strict=True)
        return [word for pair in pairs if pair[0] not in typed for word in pair]


@contextmanager
def port_of_somebody(machine: Machine) -> Iterator[Machine]:
    with socket.create_server(("127.0.0.1", 8081 + machine.platform.offset)):
        yield machine


@contextmanager
def metrics_on_its_port(machine: Machine) -> Iterator[Machine]:
    yield replace(machine, more=("--metrics-port", "8075"))


@contextmanager
def port_of_a_fleet(machine: Machine) -> Iterator[Machine]:
    """Another platform, and the fleet of the first one has its ports."""
    made = machine.platform.inv("setup", "--edges", "1")
    assert made.returncode == 0, made.stdout
    second = replace(machine.platform, path=machine.folder / "second")
    shutil.copytree(ROOT / "templates" / "platform", second.path)
    yield replace(machine, platform=second)


def override_of_somebody(text: str) -> Callable[[Machine], AbstractContextManager[Machine]]:
    """A file where the override is to be."""

    @contextmanager
    def written(machine: Machine) -> Iterator[Machine]:
        own = machine.folder / "own"
        shutil.copytree(ROOT / "templates" / "platform", own)
        (own / OVERRIDE).write_text(text)
        yield replace(machine, platform=replace(machine.platform, path=own))

    return written


@contextmanager
def few_files(machine: Machine) -> Iterator[Machine]:
    yield replace(machine, before="ulimit -n 150")


def small_disk(mebibytes: int) -> Callable[[Machine], AbstractContextManager[Machine]]:
    """A disk of its own, on which the platform lies."""

    @contextmanager
    def mounted(machine: Machine) -> Iterator[Machine]:
        disk = machine.folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            is_without("the right to mount a small disk")
        try:
            shutil.copytree(ROOT / "templates" / "platform", disk / "platform")
            yield replace(machine, platform=replace(machine.platform, path=disk / "platform"))
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    return mounted


def type_offset(machine: Machine, change: str) -> list[dict[str, Any]]:
    [option] = re.findall(r"--port-offset \d+", change)
    return machine.findings("--edges", "1", *option.split(), code=0)


def type_metrics_port(machine: Machine, change: str) -> list[dict[str, Any]]:
    [option] = re.findall(r"--metrics-port \d+", change)
    return replace(machine, more=()).findings("--edges", "1", *option.split(), code=0)


def type_down(machine: Machine, change: str) -> list[dict[str, Any]]:
    [command] = re.findall(r"inv (down --platform .+), or ", change)
    done = subprocess.run(
        inv(*shlex.split(command)), cwd=ROOT, env=without_settings(), capture_output=True, check=False
    )
    assert done.returncode == 0
    return machine.findings("--edges", "1", code=0)


def take_fewer(machine: Machine, change: str) -> list[dict[str, Any]]:
    [count] = re.findall(r"at most (\d+) edges", change)
    assert machine.findings("--edges", str(int(count) + 1), code=MISSING)
    return machine.findings("--edges", count, code=0)


def take_another_disk(machine: Machine, change: str) -> list[dict[str, Any]]:
    [(command, option)] = re.findall(
        r"(mv .+) FOLDER on a larger disk, and from then on (--platform) FOLDER", change
    )
    larger = str(machine.folder / "larger")
    subprocess.run([*shlex.split(command), larger], check=True)
    return machine.findings("--edges", "1", option, larger, code=0)


def type_another_name(machine: Machine, change: str) -> list[dict[str, Any]]:
    [option] = re.findall(r"--override-file \S+\.yml", change)
    return machine.findings("--edges", "1", *option.split(), code=0)


def move_aside(machine: Machine, change: str) -> list[dict[str, Any]]:
    [command] = re.findall(r"(cd .+) && docker compose down", change)
    [move] = re.findall(r"(mv \S+ \S+), then", change)
    subprocess.run(["bash", "-c", f"{command} && {move}"], check=True)
    return machine.findings("--edges", "1", code=0)


@dataclass(frozen=True)
class Finding:
    """A fault that the doctor names.

    Attributes:
        fault: its name.
        says: a part of what is wrong.
        breaks: makes it, for as long as it lasts.
        mends: types what the hint says; what the doctor finds then.
        edges: how many are wanted.
        code: the exit code.
    """

    fault: str
    says: str
    breaks: Callable[[Machine], AbstractContextManager[Machine]]
    mends: Callable[[Machine, str], list[dict[str, Any]]]
    edges: int = 1
    code: int = MISSING


FINDINGS: dict[str, Finding] = {
    "a port that somebody has": Finding(
        "port-taken", "wanted for the backend's edge websocket", port_of_somebody, type_offset
    ),
    "metrics on a port of the fleet": Finding(
        "port-twice",
        "for the backend's B2B REST at the same time",
        metrics_on_its_port,
        type_metrics_port,
        code=REFUSED,
    ),
    "ports of another fleet": Finding(
        "port-of-fleet", "has 4 ports that this one needs", port_of_a_fleet, type_down
    ),
    "too few open files": Finding(
        "open-files", "open files, but 150 are allowed", few_files, take_fewer, edges=51
    ),
    "a disk too small for so many edges": Finding(
        "disk", "MiB are needed", small_disk(80), take_fewer, edges=300
    ),
    "edges of somebody else": Finding(
        "edges-foreign",
        "openems-edge-0 were not made by edge-tasks",
        override_of_somebody("services: {openems-edge-0: {image: edge}}\n"),
        move_aside,
        code=REFUSED,
    ),
    "an override of somebody else": Finding(
        "override-foreign",
        "it was not made by edge-tasks",
        override_of_somebody("services: {}\n"),
        type_another_name,
        code=REFUSED,
    ),
    "a disk too small for a database": Finding("disk", "61 MiB are needed", small_disk(30), take_another_disk),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_gone_after_what_its_hint_says(platform: Any, tmp_path: Path, name: str) -> None:
    case = FINDINGS[name]
    with case.breaks(Machine(platform, tmp_path)) as machine:
        [finding] = machine.findings("--edges", str(case.edges), code=case.code)
        assert finding["fault"] == case.fault
        assert case.says in finding["what"]
        assert case.mends(machine, finding["change"]) == []
