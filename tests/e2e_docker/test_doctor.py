"""Every fault that the doctor finds in the docker runtime: see docs/reference/faults.md."""

from __future__ import annotations

import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e_docker.doctor import COMPOSE, OFFSET, Finding, run, written
from tests.inv import ROOT, finished, inv
from tests.unit.openems.test_build_constants import jar, java_class, version
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

METADATA = "openems-backend/config.d/Metadata/Odoo.config"
DUMMY = "openems-backend/config.d/Metadata/Dummy.config"
FILE = "openems-backend/config.d/Metadata/File.config"
DEVICES = "metadata/metadata.json"
HISTORY = "openems-backend/config.d/Timedata/InfluxDB"
INFLUXDB = """  influxdb:
    image: influxdb:1.8
    environment: {INFLUXDB_DB: openemsdb}
    volumes: [influxdb-data:/var/lib/influxdb]
"""
MOUNTED_BACKEND = "./openems-backend/config.d:/etc/openems-backend.d"
BACKEND = "    image: openems-backend:latest\n"
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
ADDONS = ("openems", "web_m2x_options", "partner_firstname")


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
def listening(_checkout: Any) -> Iterator[None]:
    """Somebody has the port of edge0's console, with an offset that nobody else uses."""
    with socket.create_server(("127.0.0.1", 8080 + OFFSET)):
        yield


@contextmanager
def another_fleet(_checkout: Any) -> Iterator[None]:
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


def fill_volume(checkout: Any) -> None:
    """As an InfluxDB 2 leaves it."""
    volume = f"{checkout.project}_influxdb-data:/data"
    checkout.docker(
        *("run", "--rm", "--network", "none", "-v", volume),
        *("--entrypoint", "touch", "influxdb:1.8", "/data/influxd.bolt"),
    )


@contextmanager
def influxdb_without_database(checkout: Any) -> Iterator[None]:
    """An InfluxDB that runs, and that nobody told which database to create."""
    written(COMPOSE, "INFLUXDB_DB: openemsdb", "")(checkout)
    compose = ("compose", "-p", checkout.project, "-f", str(checkout.path / COMPOSE))
    try:
        checkout.docker(*compose, "up", "-d", "influxdb")
        asked = ("docker", *compose, "exec", "-T", "influxdb", "influx", "-execute", "SHOW DATABASES")
        await_that(lambda: finished([*asked]).returncode == 0, 60, 0.3)
        yield
    finally:
        checkout.docker(*compose, "down", "-v", "-t", "2")


def lead_elsewhere(checkout: Any) -> None:
    """All properties of ``Metadata/Odoo.config`` that lead to a service."""
    path = checkout.path / METADATA
    kept = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in ELSEWHERE]
    path.write_text("\n".join((*(f"{name}={value}" for name, value in ELSEWHERE.items()), *kept)) + "\n")


APP = "openems-backend-edge/config.d/Backend/Edge/App.config"


def add_second_program(checkout: Any, manager: str = "openems-backend:8083") -> None:
    """A backend-edge as its image is configured, which dials the backend."""
    service = f"{{image: openems/backend-edge, volumes: ['./{Path(APP).parents[2]}:/c']}}"
    written(COMPOSE, "  openems-edge:\n", f"  openems-backend-edge: {service}\n\n  openems-edge:\n")(checkout)
    path = checkout.path / APP
    path.parent.mkdir(parents=True)
    path.write_text(f'uri="ws://{manager}"\nservice.pid="Backend.Edge.App"\n')


def have_metadata_file(checkout: Any) -> None:
    add_second_program(checkout)
    (checkout.path / METADATA).rename(checkout.path / METADATA.replace("Odoo", "File"))
    written(METADATA.replace("Odoo", "File"), r"Metadata\.Odoo", "Metadata.File")(checkout)


def have_metadata_odoo(checkout: Any) -> None:
    checkout.git("checkout", "-q", METADATA)
    (checkout.path / METADATA.replace("Odoo", "File")).unlink()


def have_few_dummies(checkout: Any) -> None:
    add_second_program(checkout)
    (checkout.path / METADATA).unlink()
    (checkout.path / DUMMY).write_text('edgeIdMax=I"1"\nservice.pid="Metadata.Dummy"\n')


def refuse_logins(checkout: Any) -> None:
    add_second_program(checkout)
    written(METADATA, r"\Z", 'enablePasswordAuthentication=B"false"\n')(checkout)


def add_newer_jar(checkout: Any) -> None:
    """A jar for Java 21 in an image with Java 17; nothing is built."""
    jar(checkout.path / "openems-edge" / "openems-edge.jar", java_class(version(2025, 3), java=21))
    written("openems-edge/Dockerfile", "FROM .*", "FROM eclipse-temurin:17-jre")(checkout)


def add_older_jar(checkout: Any) -> None:
    """A jar of 2024.7.0 in an image with Java 25; nothing is built."""
    jar(checkout.path / "openems-edge" / "openems-edge.jar", java_class(version(2024, 7), java=17))
    written("openems-edge/Dockerfile", "FROM .*", "FROM eclipse-temurin:25-jre")(checkout)


def have_unknown_release(checkout: Any) -> None:
    add_second_program(checkout)
    written(COMPOSE, "openems-edge:latest", "openems-edge:2031.1.0")(checkout)


def without_path(checkout: Any) -> None:
    """``Metadata.File`` in place of Odoo, without its file."""
    (checkout.path / METADATA).unlink()
    (checkout.path / FILE).write_text('service.pid="Metadata.File"\n')


def have_garbled_devices(checkout: Any) -> None:
    """``Metadata.File`` in place of Odoo, with a file in which a comma is missing."""
    (checkout.path / METADATA).unlink()
    (checkout.path / FILE).write_text('path="/metadata/metadata.json"\nservice.pid="Metadata.File"\n')
    written(COMPOSE, BACKEND, f"{BACKEND}    volumes: ['./metadata:/metadata']\n")(checkout)
    (checkout.path / DEVICES).parent.mkdir()
    (checkout.path / DEVICES).write_text('{\n  edges: {edge7: {apikey: "a"\n  comment: "b"}}\n}\n')


FINDINGS: dict[str, Finding] = {
    "the second program is missing": Finding(
        "backend-edge-missing",
        "openems-backend has OpenEMS 2026.2.0, whose edges connect to backend-edge",
        "--openems-version 2026.1.0",
        typed=("--openems-version", "2026.2.0"),
    ),
    "the second program knocks at another port": Finding(
        "manager-wiring",
        "uri has port 8093, but Edge.Manager listens at 8083",
        'uri="ws://openems-backend:8083"',
        lambda checkout: add_second_program(checkout, "openems-backend:8093"),
        written(APP, "8093", "8083"),
        typed=("--openems-version", "2026.2.0"),
    ),
    "Metadata.File with two programs": Finding(
        "file-closed",
        "8081 never opens",
        "use Metadata.Odoo",
        have_metadata_file,
        have_metadata_odoo,
        typed=("--openems-version", "2026.2.0"),
    ),
    "Metadata.Dummy knows too few edges": Finding(
        "dummy-full",
        "Metadata.Dummy knows edge0 to edge1 only",
        'make it edgeIdMax=I"2", or use Metadata.Odoo',
        have_few_dummies,
        lambda checkout: ((checkout.path / DUMMY).unlink(), checkout.git("checkout", "-q", METADATA)),
        typed=("--openems-version", "2026.2.0"),
    ),
    "nothing checks logins": Finding(
        "login-provider",
        "nothing checks logins",
        "use Metadata.Odoo with enablePasswordAuthentication",
        refuse_logins,
        written(METADATA, "enablePassword.*\n", ""),
        code=0,
        typed=("--openems-version", "2026.2.0"),
    ),
    "a backend that never answers who is online": Finding(
        "get-edges-hangs",
        "never answers getEdges",
        "--openems-version 2026.3.0",
        add_second_program,
        code=0,
        typed=("--openems-version", "2026.4.0"),
    ),
    "a Java that is too old": Finding(
        "java-too-old",
        "needs Java 21, and its image has Java 17",
        "stand it on an image with Java 21",
        add_newer_jar,
        written("openems-edge/Dockerfile", "17-jre", "21-jre"),
    ),
    "a Java that is too new": Finding(
        "java-too-new",
        "does not start on Java 24 or later, and its image has Java 25",
        "stand it on an image with Java 17",
        add_older_jar,
        written("openems-edge/Dockerfile", "25-jre", "17-jre"),
    ),
    "a release that nobody knows": Finding(
        "release-newer",
        "OpenEMS 2031.1.0 is newer",
        "report it with inv doctor",
        have_unknown_release,
        written(COMPOSE, "openems-edge:2031.1.0", "openems-edge:2026.3.0"),
        code=0,
    ),
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
    "the backend's image looks elsewhere": Finding(
        "backend-config-place",
        "has its configuration in /opt/openems-backend/config.d, but its image looks in /etc/openems-backend.d",
        "mount it at /etc/openems-backend.d",
        written(
            COMPOSE,
            BACKEND,
            f"{BACKEND}    environment: {{JAVA_TOOL_OPTIONS: -Dfelix.cm.dir=/etc/openems-backend.d}}\n",
        ),
        written(COMPOSE, BACKEND, f"{BACKEND}    volumes: [{MOUNTED_BACKEND}]\n"),
    ),
    "two components know the devices": Finding(
        "metadata-twice",
        "has Metadata/Odoo.config and Metadata/Dummy.config, and the backend takes either of them",
        "Metadata/Dummy.config, or the other one",
        lambda checkout: (checkout.path / DUMMY).write_text('service.pid="Metadata.Dummy"\n'),
        lambda checkout: (checkout.path / DUMMY).unlink(),
    ),
    "Metadata.File has no path": Finding(
        "metadata-without-file",
        "no path: the backend has no file with its devices",
        "add path=",
        without_path,
        lambda checkout: ((checkout.path / FILE).unlink(), checkout.git("checkout", "-q", METADATA)),
    ),
    "the file of Metadata.File is garbled": Finding(
        "metadata-unreadable",
        "metadata/metadata.json:3: OpenEMS cannot read it: there is no comma before c",
        "correct it, or remove the file",
        have_garbled_devices,
        written(DEVICES, '"a"', '"a",'),
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
    "the backend stores no history": Finding(
        "history-not-stored",
        "no history is stored",
        "configure Timedata.InfluxDB instead",
        lambda checkout: (checkout.path / HISTORY / "history.config").unlink(),
        lambda checkout: checkout.git("checkout", "-q", HISTORY),
        code=0,
    ),
    "history leads elsewhere": Finding(
        "history-wiring",
        "url leads to localhost",
        "make it http://influxdb:8086",
        written(f"{HISTORY}/history.config", "http://influxdb", "http://localhost"),
        written(f"{HISTORY}/history.config", "http://localhost", "http://influxdb"),
        code=0,
    ),
    "the database of history is not there": Finding(
        "history-refused",
        "openemsdb/autogen is not there",
        "CREATE DATABASE",
        code=0,
        meanwhile=influxdb_without_database,
    ),
    "a volume of InfluxDB 2": Finding(
        "history-volume", "has data of InfluxDB 2", "inv down, then docker volume rm", fill_volume
    ),
    "too little memory": Finding("memory", "would take", "type --force", code=3, typed=("--edge-heap", "1024g")),
}


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory, make_shared: Callable[[Any], Any]) -> Any:
    """A checkout on which no fleet is ever started, and which has nothing wrong."""
    return mended(make_shared(tmp_path_factory.mktemp("checkouts") / "examined checkout"))


def mended(found: Any) -> Any:
    """The same checkout, with nothing wrong; it has an edge of its own in :data:`MOUNTED`."""
    written(COMPOSE, EDGE, MOUNTED)(found)
    written(COMPOSE, "\nvolumes:\n", f"\n{INFLUXDB}\nvolumes:\n  influxdb-data:\n")(found)
    [history] = (ROOT / "templates" / "platform" / HISTORY).iterdir()
    (found.path / HISTORY).mkdir(parents=True)
    shutil.copy(history, found.path / HISTORY / "history.config")
    found.git("add", "-A")
    found.git("commit", "-qm", "theirs")
    return found


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_gone_after_what_its_hint_says(examined: Any, name: str) -> None:
    run(FINDINGS[name], examined)
