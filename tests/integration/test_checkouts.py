"""Checkouts as people have them, each written in another way, through the real ``docker compose config``."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.checkout.compose_file import ComposeFile, depends
from edge_tasks.checkout.inheritance import (
    DATA_DIRECTORY,
    JAVA,
    USER_IDS,
    Caller,
    environment_file,
    inherit,
    java_options,
)
from edge_tasks.checkout.override import Hosting, render_override
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.roles import ROLES, Services, find_services, with_players
from edge_tasks.fleet.identity import Fleet
from tests.inv import ROOT, finished, inv

STOCK = """
  db: {image: "postgres:15", environment: {POSTGRES_USER: odoo, POSTGRES_PASSWORD: x}}
  odoo16: {image: "odoo:16.0", ports: ["10016:8069"]}
  openems-backend: {image: openems-backend, ports: ["8081:8081"]}
"""


@dataclass(frozen=True)
class Checkout:
    """A way to write a platform, and what is to come of it."""

    compose: str
    files: dict[str, str] = field(default_factory=dict)
    roles: tuple[str, str, str, str] = ("openems-edge", "openems-backend", "db", "odoo16")
    edge: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    config_target: str = ""
    user: str | None = "1000:1000"
    user_ids: dict[str, str] = field(default_factory=dict)


CHECKOUTS = {
    "anchors, merged keys and variables of .env": Checkout(
        """
x-java: &java
  environment: &java-environment
    JAVA_TOOL_OPTIONS: -Xmx${HEAP:-1g} -Dsun.net.inetaddr.ttl=10
  restart: always
services:
  openems-edge:
    <<: *java
    build: ./openems-edge
    container_name: ${COMPOSE_PROJECT_NAME}-edge
    environment:
      <<: *java-environment
      SECRET: ${SECRET}
      TZ: Europe/Berlin
"""
        + STOCK,
        files={".env": "COMPOSE_PROJECT_NAME=house\nHEAP=2g\nSECRET='pa$$ \"word\"'\n"},
        edge={"restart": "always", "image": "house-openems-edge"},
        environment={
            "JAVA_TOOL_OPTIONS": "-Xmx128m -XX:+UseSerialGC -Dopenems.data.dir=/tmp/openems-data"
            " -Dsun.net.inetaddr.ttl=10",
            "SECRET": 'pa$$ "word"',
            "TZ": "Europe/Berlin",
        },
    ),
    "a version, lists for maps, and an env_file": Checkout(
        """
version: "3.8"
services:
  openems-edge:
    image: registry.example.org/energy/openems-edge:2024.7.0
    container_name: edge
    hostname: edge
    env_file: [edge.env]
    environment: ["A=1", "FROM_SHELL"]
    extra_hosts: ["meter.lan:10.0.0.7"]
    ports: ["8080:8080", "127.0.0.1:8085:8085"]
    expose: ["8084"]
    dns: 10.0.0.1
    mem_limit: 2g
    logging: {driver: journald}
"""
        + STOCK,
        files={"edge.env": 'B=\'say "b" #1\'\nC="two\\nlines $$X"\nD=it\'s\n'},
        edge={
            "image": "registry.example.org/energy/openems-edge:2024.7.0",
            "extra_hosts": ["meter.lan=10.0.0.7"],
            "dns": ["10.0.0.1"],
            "logging": {"driver": "journald"},
        },
        environment={"A": "1"},
    ),
    "extended from another file, with other names, user and networks": Checkout(
        """
services:
  edge:
    extends: {file: common.yml, service: jvm}
    build: {context: ./openems-edge}
    networks: {field: {ipv4_address: 10.99.0.5, aliases: [the-edge]}, cloud: {}}
    depends_on: [cloud]
  cloud: {image: "acme/openems-backend:1", networks: [cloud], ports: ["8081:8081"]}
  erp: {build: ./odoo, image: "acme/odoo-openems:16", networks: [cloud], ports: ["8069:8069"]}
  pg: {image: "bitnami/postgresql:15", networks: [cloud], environment: ["POSTGRES_PASSWORD=x"]}
networks:
  field: {ipam: {config: [{subnet: 10.99.0.0/24}]}}
  cloud: {}
""",
        files={
            "common.yml": "services: {jvm: {user: '1234', working_dir: /srv, init: true, ulimits: {nofile: 99}}}"
        },
        roles=("edge", "cloud", "pg", "erp"),
        edge={"working_dir": "/srv", "init": True, "ulimits": {"nofile": 99}},
    ),
    "an edge of a profile, and a watcher that depends on it": Checkout(
        """
services:
  openems-edge: {image: openems-edge, profiles: [edge], command: ["sh", "-c", "java $$OPTS -jar /e.jar"]}
  watcher: {image: watcher, depends_on: [openems-edge], profiles: [edge]}
"""
        + STOCK,
        edge={"command": ["sh", "-c", "java $$OPTS -jar /e.jar"]},
    ),
    "the default network beside another one": Checkout(
        """
services:
  openems-edge: {image: openems-edge, networks: [default, field-bus]}
"""
        + STOCK
        + "networks: {field-bus: {internal: true}}\n",
    ),
    "the official image with volumes of its own": Checkout(
        """
services:
  openems-edge:
    image: openems/edge:latest
    volumes: ["conf:/var/opt/openems/config:rw", "data:/var/opt/openems/data:rw"]
"""
        + STOCK
        + "volumes: {conf: {}, data: {}}\n",
        config_target="/var/opt/openems/config",
        user=None,  # it starts as root, and changes to the caller
        user_ids={"PUID": "1000", "PGID": "1000"},
    ),
    "more mounts than the configuration": Checkout(
        """
services:
  openems-edge:
    image: openems-edge
    volumes:
      - ./openems-edge/config.d:/opt/conf:rw
      - /etc/localtime:/etc/localtime
      - certificates:/certs:ro
      - history:/data
    secrets: [token]
    tmpfs: [/run]
"""
        + STOCK
        + "volumes: {history: {}, certificates: {}}\nsecrets: {token: {file: ./token}}\n",
        edge={"tmpfs": ["/run"], "secrets": [{"source": "token", "target": "/run/secrets/token"}]},
    ),
}


def compose_binary() -> str:
    spec = importlib.util.find_spec("compose")
    assert spec is not None
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    return str(next(place / "docker-compose" for place in places if (place / "docker-compose").exists()))


def resolved(folder: Path, *arguments: str) -> dict[str, Any]:
    command = [compose_binary(), *arguments, "config", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def project_of(folder: Path) -> Project:
    found = resolved(folder, "-f", "docker-compose.yml")
    project = Project(found["name"], found["services"])
    everything = resolved(folder, "-f", "docker-compose.yml", "--profile", "*")
    return with_players(project, Project(everything["name"], everything["services"]), {}, ROLES)


def write_override(folder: Path, project: Project, services: Services) -> None:
    caller = Caller(1000, 1000)
    template = str(folder / "openems-edge" / "config.d")
    inherited = inherit(project.services[services.edge], Image(), caller, template, "/etc/localtime".__eq__)
    theirs = inherited.environment.get(JAVA, "")
    options = java_options("128m", ["-XX:+UseSerialGC", DATA_DIRECTORY], theirs)
    dependents = tuple(name for name, found in project.services.items() if depends(found, services.edge))
    edge = ComposeFile(services.edge, project.image(services.edge), inherited.networks, dependents)
    (folder / "edge.environment").write_text(environment_file({**inherited.environment, JAVA: options}))
    hosting = Hosting(inherited.config_target, "", "400m", 8081, {}, user=inherited.user)
    hosting = replace(
        hosting, inherited=inherited.options, volumes=inherited.volumes, environment_file="edge.environment"
    )
    text = render_override(Fleet("id", bytes(32), 2).edges, edge, hosting)
    assert not [value for value in inherited.environment.values() if len(value) > 5 and value in text]
    (folder / "docker-compose.override.yml").write_text(text)


@pytest.fixture(params=CHECKOUTS)
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Checkout]:
    found = CHECKOUTS[request.param]
    folder = tmp_path / "a checkout with ü"
    (folder / "openems-edge" / "config.d").mkdir(parents=True)
    for name, text in {**found.files, "docker-compose.yml": found.compose, "token": "t"}.items():
        (folder / name).write_text(text)
    return folder, found


def test_every_service_is_found_and_the_edges_get_what_the_platforms_own_has(
    checkout: tuple[Path, Checkout],
) -> None:
    folder, wanted = checkout
    project = project_of(folder)
    services = find_services(project, {}, {})
    assert (services.edge, services.backend, services.database, services.odoo) == wanted.roles
    before = project.services[services.edge]
    write_override(folder, project, services)
    after = resolved(folder)["services"]
    assert services.edge not in after or after[services.edge].get("deploy", {}).get("replicas") == 0
    for index in range(2):
        edge = after[f"openems-edge-{index}"]
        assert {key: edge[key] for key in wanted.edge} == wanted.edge
        theirs = {key: value for key, value in (before.get("environment") or {}).items() if value is not None}
        kept = {key: value.replace("$$", "$") for key, value in edge["environment"].items()}
        assert {key: kept[key] for key in wanted.environment} == wanted.environment
        assert {key: edge["environment"][key] for key in theirs if key != JAVA} == {
            key: value for key, value in theirs.items() if key != JAVA
        }
        assert edge.get("user") == wanted.user
        assert {key: kept[key] for key in USER_IDS if key in kept} == wanted.user_ids
        assert not {"container_name", "hostname", "build", "expose", "depends_on"} & edge.keys()
        assert set(edge.get("networks") or {}) == set(before.get("networks") or {})
        targets = {volume["target"]: volume["source"] for volume in edge["volumes"]}
        if wanted.config_target:
            assert targets == {wanted.config_target: str(folder / "openems-edge" / f"config-edge{index}")}
        assert "ipv4_address" not in str(edge.get("networks"))
        assert set(edge["networks"]) & set(after[services.backend]["networks"]), "no edge reaches the backend"


def test_writable_folders_stay_with_the_platforms_own_edge(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(CHECKOUTS["more mounts than the configuration"].compose)
    project = project_of(tmp_path)
    write_override(tmp_path, project, find_services(project, {}, {}))
    volumes = resolved(tmp_path)["services"]["openems-edge-1"]["volumes"]
    assert {volume["target"]: volume["source"] for volume in volumes} == {
        "/opt/conf": str(tmp_path / "openems-edge" / "config-edge1"),
        "/etc/localtime": "/etc/localtime",
        "/certs": "certificates",
    }


VALUES = (
    *("", " ", "plain", "a b", "it's", 'say "x"', 'it\'s "x"', "$HOME ${A:-b} $$", "it's $HOME", "#no comment"),
    *("back\\slash", "it's back\\slash\\n", "two\nlines", "it's\ntwo lines", "ends\\", "'", "\ttab", "a=b", "ü"),
)


@pytest.mark.parametrize("value", VALUES)
def test_any_value_of_the_environment_comes_through_unchanged(tmp_path: Path, value: str) -> None:
    (tmp_path / "edge.environment").write_text(environment_file({"VALUE": value}))
    (tmp_path / "compose.yaml").write_text("services: {a: {image: a, env_file: [edge.environment]}}")
    found = resolved(tmp_path)["services"]["a"]["environment"]["VALUE"]
    assert found == value.replace("$", "$$")


def test_the_doctor_calls_no_platform_ready_whose_template_cannot_be_used(tmp_path: Path) -> None:
    platform = tmp_path / "platform"
    shutil.copytree(ROOT / "templates" / "platform", platform)
    [backend] = platform.glob("openems-edge/config.d/Controller/Api/Backend/*.config")
    backend.write_text(backend.read_text().replace('enabled=B"true"', 'enabled=B"false"'))
    printed = finished(inv("doctor", "--explain", "--json", "--platform", str(platform))).stdout
    document = json.loads(printed[printed.index("\n{\n") :])
    rows = {row["about"]: row for row in document["explanation"]}
    assert rows["template"]["found"] == "cannot be used"
    assert rows["doctor"]["found"] == "cannot look further"
    assert "the Controller.Api.Backend is not enabled" in rows["doctor"]["why"]
