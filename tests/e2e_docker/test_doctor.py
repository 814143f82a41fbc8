"""Every fault that the doctor finds in the docker runtime: see docs/reference/faults.md."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import tempfile
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalogue import commands_in, document
from tests.inv import ROOT, finished, inv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

METADATA = "openems-backend/config.d/Metadata/Odoo.config"
COMPOSE = "docker-compose.yml"
REST = "openems-backend/config.d/Backend2Backend/Rest"
EDGE = "    image: openems-edge:latest\n"
MOUNTED = f"{EDGE}    volumes:\n      - ./openems-edge/config.d:/etc/openems.d\n"
ODOO = "      HOST: db\n      USER: odoo\n      PASSWORD: odoo16@2022\n"
ODOO_WRONG = "      HOST: localhost\n      USER: admin\n      PASSWORD: other\n"
ELSEWHERE = {
    "database": '"postgres"',
    "pgHost": '"localhost"',
    "pgPort": 'I"15432"',
    "pgUser": '"postgres"',
    "pgPassword": '"other"',
    "odooHost": '"localhost"',
    "odooPort": 'I"10016"',
}
OFFSET = 1700
"""Of all ports: nobody else uses these."""
ADDONS = ("openems", "web_m2x_options", "partner_firstname")


@dataclass(frozen=True)
class Finding:
    """A fault that the doctor names.

    Attributes:
        fault: its name.
        says: a part of what is wrong.
        change: a part of the hint.
        breaks: a file of the checkout, what is in it, and what somebody wrote instead.
        mends: what the hint says, done as it says, where it is no command of ours.
        code: with which the doctor ends.
        count: how many findings there are, each with this fault.
        typed: options of the doctor.
    """

    fault: str
    says: str
    change: str
    breaks: Callable[[Any], object] = lambda _checkout: None
    mends: Callable[[Any], object] | None = None
    code: int = 2
    count: int = 1
    typed: tuple[str, ...] = ()
    meanwhile: Callable[[], AbstractContextManager[object]] = nullcontext


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


def add_addons(*names: str) -> Callable[[Any], None]:
    def add(checkout: Any) -> None:
        for name in names:
            folder = checkout.path / "addons" / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__manifest__.py").write_text("{}")

    return add


def mount_addons(checkout: Any) -> None:
    add_addons("openems")(checkout)
    written(
        COMPOSE, "    image: odoo:16.0\n", "    image: odoo:16.0\n    volumes: [./addons:/mnt/extra-addons]\n"
    )(checkout)


def remove_rest(checkout: Any) -> None:
    for path in (checkout.path / REST).iterdir():
        path.unlink()


@contextmanager
def listening() -> Iterator[None]:
    """Somebody has the port of edge0's console, with an offset that nobody else uses."""
    with socket.create_server(("127.0.0.1", 8080 + OFFSET)):
        yield


@contextmanager
def another_fleet() -> Iterator[None]:
    """A fleet of ours in the embedded runtime, which has the ports of the platform's backend."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "another platform"
        shutil.copytree(ROOT / "templates" / "platform", path)
        where = ("--platform", str(path), "--runtime", "embedded", "--port-offset", str(OFFSET))
        try:
            assert finished(inv("setup", "--edges", "1", *where)).returncode == 0
            yield
        finally:
            finished(inv("down", "--purge", *where))


def lead_elsewhere(checkout: Any) -> None:
    """All properties of ``Metadata/Odoo.config`` that lead to a service."""
    path = checkout.path / METADATA
    kept = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in ELSEWHERE]
    path.write_text("\n".join((*(f"{name}={value}" for name, value in ELSEWHERE.items()), *kept)) + "\n")


FINDINGS: dict[str, Finding] = {
    "Metadata/Odoo.config leads elsewhere": Finding(
        "backend-wiring", "is", "inv doctor --fix", lead_elsewhere, count=7
    ),
    "odooPassword is missing": Finding(
        "backend-without-password",
        "odooPassword is missing",
        "set one",
        written(METADATA, "odooPassword=.*\n", ""),
        written(METADATA, r"\Z", 'odooPassword="one"\n'),
    ),
    "the backend has no REST API": Finding(
        "backend-without-rest", "no B2B REST API", "inv doctor --fix up", remove_rest, code=0
    ),
    "Odoo leads elsewhere": Finding(
        "odoo-wiring",
        "is not db's",
        "make it",
        written(COMPOSE, ODOO, ODOO_WRONG),
        written(COMPOSE, ODOO_WRONG, ODOO),
        count=3,
    ),
    "addons are missing": Finding(
        "addon-missing",
        "no addon web_m2x_options, partner_firstname",
        "put them there",
        mount_addons,
        add_addons(*ADDONS),
    ),
    "a writable mount": Finding(
        "edge-mount-writable",
        "is writable",
        "each has its own in its container",
        written(COMPOSE, MOUNTED, f"{MOUNTED}      - ./data:/data\n"),
        written(COMPOSE, "      - ./data:/data\n", ""),
        code=0,
    ),
    "a heap of the platform's own edge": Finding(
        "edge-heap",
        "-Xmx2g is only for",
        "--edge-heap instead",
        written(COMPOSE, EDGE, f"{EDGE}    environment: {{JAVA_TOOL_OPTIONS: -Xmx2g}}\n"),
        written(COMPOSE, "-Xmx2g", '""'),
        code=0,
    ),
    "an edge in the host's network": Finding(
        "edge-host-network",
        "network_mode is host",
        "remove it",
        written(COMPOSE, f"{MOUNTED}    ports:\n.*\n.*\n", f"{MOUNTED}    network_mode: host\n"),
        written(COMPOSE, "    network_mode: host\n", ""),
    ),
    "an edge in another network": Finding(
        "edge-without-network",
        "no network in common",
        "add one of default",
        lambda checkout: (
            written(COMPOSE, EDGE, f"{EDGE}    networks: [field]\n")(checkout),
            written(COMPOSE, r"\Z", "\nnetworks: {field: {}}\n")(checkout),
        ),
        written(COMPOSE, r"networks: \[field\]", "networks: [field, default]"),
    ),
    "nothing says where the edge looks": Finding(
        "edge-config-place",
        "nothing says where",
        "mount openems-edge/config.d there",
        written(COMPOSE, f"    build: ./openems-edge\n{MOUNTED}", "    image: edge-tasks-test-edge\n"),
        written(
            COMPOSE,
            "    image: edge-tasks-test-edge\n",
            MOUNTED.replace("openems-edge:latest", "edge-tasks-test-edge"),
        ),
        code=0,
    ),
    "edges of somebody else": Finding(
        "edges-foreign",
        "were not made by edge-tasks",
        "rename or remove them",
        written(COMPOSE, "  openems-edge:\n", "  openems-edge-0: {image: edge}\n  openems-edge:\n"),
        written(COMPOSE, "  openems-edge-0: {image: edge}\n", ""),
    ),
    "an override of somebody else": Finding(
        "override-foreign",
        "not made by edge-tasks",
        "--override-file docker-compose.edges.yml",
        lambda checkout: (checkout.path / "docker-compose.override.yml").write_text("services: {}\n"),
    ),
    "a port of an edge and of a service": Finding(
        "port-twice",
        "is odoo16's and edge1's at the same time",
        "publish odoo16 on another port",
        written(COMPOSE, "10016:8069", "8180:8069"),
        written(COMPOSE, "8180:8069", "10016:8069"),
    ),
    "a port that somebody has": Finding(
        "port-taken",
        "taken by",
        f"--port-offset {OFFSET + 1000}",
        code=3,
        meanwhile=listening,
    ),
    "ports of another fleet": Finding(
        "port-of-fleet", "that this one needs", "inv down --platform", code=3, meanwhile=another_fleet
    ),
    "too little memory": Finding("memory", "would take", "type --force", code=3, typed=("--edge-heap", "1024g")),
}


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory, make_shared: Callable[[Any], Any]) -> Any:
    """A checkout on which nothing is ever started."""
    found = make_shared(tmp_path_factory.mktemp("checkouts") / "examined checkout")
    written(COMPOSE, EDGE, MOUNTED)(found)
    found.git("commit", "-qam", "theirs")
    return found


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


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_gone_after_what_its_hint_says(examined: Any, name: str) -> None:
    case = FINDINGS[name]
    restored(examined)
    with case.meanwhile():
        case.breaks(examined)
        findings = found_by(examined, case.code, *case.typed)
        assert [finding["fault"] for finding in findings] == [case.fault] * case.count, findings
        assert {finding["error"] for finding in findings} == {case.code != 0}
        assert [finding for finding in findings if case.says not in finding["what"]] == []
        assert [finding for finding in findings if case.change not in finding["change"]] == []
        finding = findings[0]
        again = list(case.typed)
        if case.mends is not None:
            case.mends(examined)
        elif down := re.search("inv (down --platform .+), or ", finding["change"]):
            assert finished(inv(*shlex.split(down[1]))).returncode == 0
        elif commands := commands_in(finding["change"]):
            [[step, option, *_]] = commands
            document(examined, step, option, code=0)
        else:
            new = options_in(finding["change"])
            again = [*new, *(() if set(new) & set(again) else again)]
        assert found_by(examined, 0, *again) == []
