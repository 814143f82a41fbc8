from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.influxdb import Answer
from edge_tasks.checkout.project import Project, Service
from edge_tasks.checkout.timedata_config import DUMMY, INFLUXDB, Provider, TimedataConfig
from edge_tasks.checkout.timedata_findings import (
    Place,
    check_answer,
    check_creation,
    check_timedata,
    service_of,
)

if TYPE_CHECKING:
    from edge_tasks.checkout.findings import Finding

LINES = {"url": 3, "bucket": 4, "apiKey": 5, "isReadOnly": 6}
PROVIDER = Provider(
    INFLUXDB,
    PurePosixPath("Timedata/InfluxDB/1.config"),
    LINES,
    url="http://influxdb:8086",
    api_key="billing:secret",
    bucket="openemsdb/autogen",
)
PLACE = Place("config.d", lambda *path: f"compose.yml:{'/'.join(path)}", "cloud")
SERVICES: dict[str, Service] = {
    "cloud": {"networks": {"default": None}},
    "influxdb": {
        "image": "influxdb:1.8",
        "environment": {"INFLUXDB_DB": "openemsdb"},
        "networks": {"default": None},
    },
}


def found(provider: Provider = PROVIDER, **influxdb: object) -> list[Finding]:
    changed: Service = {**SERVICES["influxdb"], **influxdb}  # type: ignore[typeddict-item] # parts of a service
    project = Project("p", {**SERVICES, "influxdb": changed})
    return check_timedata(TimedataConfig((provider,)), project, PLACE)


def one(findings: list[Finding]) -> Finding:
    [finding] = findings
    assert not finding.is_error, "edges are online without history"
    assert "secret" not in str(finding)
    return finding


def test_a_chain_that_is_right_has_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize("providers", [(), (Provider(DUMMY, PurePosixPath("Timedata/Dummy.config"), {}),)])
def test_no_history_at_all_is_said(providers: tuple[Provider, ...]) -> None:
    finding = one(check_timedata(TimedataConfig(providers), Project("p", SERVICES), PLACE))
    assert "no history is stored" in finding.what
    assert finding.where.startswith("config.d/Timedata")


def test_another_provider_than_influxdb_is_not_judged() -> None:
    other = Provider("Timedata.TimescaleDB", PurePosixPath("Timedata/TimescaleDB.config"), {})
    assert found(other) == []


@pytest.mark.parametrize(
    ("url", "what", "change"),
    [
        ("influxdb:8086", "is no address that the backend can use", "http://influxdb:8086"),
        ("http://localhost:8086", "the backend's own container", "http://influxdb:8086"),
        ("http://127.0.0.1:8086", "the backend's own container", "http://influxdb:8086"),
        ("http://influx:8086", "names influx, which is no service of this project", "http://influxdb:8086"),
        ("http://influxdb:8087", "names port 8087, but influxdb listens on 8086", "http://influxdb:8086"),
        ("http://influxdb", "names port 80, but influxdb listens on 8086", "http://influxdb:8086"),
    ],
)
def test_a_url_that_does_not_lead_to_influxdb_is_named_with_its_line(url: str, what: str, change: str) -> None:
    finding = one(found(replace(PROVIDER, url=url)))
    assert what in finding.what
    assert finding.where == "config.d/Timedata/InfluxDB/1.config:3"
    assert change in finding.change


def test_a_server_outside_of_the_project_is_not_judged() -> None:
    assert found(replace(PROVIDER, url="https://influx.example.org")) == []


def test_a_service_is_also_known_by_its_container_name_and_its_aliases() -> None:
    networks: dict[str, object] = {"default": {"aliases": ["history"]}}
    service: Service = {"container_name": "store", "networks": networks}
    project = Project("p", {"influxdb": service})
    for host in ("influxdb", "store", "history"):
        assert service_of(replace(PROVIDER, url=f"http://{host}:8086"), project) == "influxdb"


def test_the_port_is_that_of_the_services_environment() -> None:
    own = {"INFLUXDB_HTTP_BIND_ADDRESS": ":9999"}
    assert found(replace(PROVIDER, url="http://influxdb:9999"), environment=own) == []
    assert "listens on 9999" in one(found(environment=own)).what


@pytest.mark.parametrize(("image", "is_old"), [("influxdb:1.7-alpine", True), ("influxdb:1.8", False)])
def test_an_image_before_1_8_is_named(image: str, *, is_old: bool) -> None:
    findings = found(image=image)
    assert ["older than 1.8" in finding.what for finding in findings] == [True] * is_old
    assert [finding.where for finding in findings] == ["compose.yml:influxdb/image"] * is_old


def test_influxdb_2_needs_an_organisation() -> None:
    assert "needs an organisation" in one(found(image="influxdb:2.7")).what
    assert found(replace(PROVIDER, org="us"), image="influxdb:2.7") == []


def test_a_backend_that_shares_no_network_with_influxdb_is_told_which_one_to_name() -> None:
    finding = one(found(networks={"other": None}))
    assert finding.where == "compose.yml:influxdb/networks"
    assert "add one of default" in finding.change


def test_read_only_and_a_missing_bucket_are_named_with_their_lines() -> None:
    assert one(found(replace(PROVIDER, is_read_only=True))).where.endswith("1.config:6")
    assert "names no bucket" in one(found(replace(PROVIDER, bucket=""))).what


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"INFLUXDB_DB": "openemsdb"}, None),
        ({}, "INFLUXDB_DB is not set: nobody creates database openemsdb"),
        ({"INFLUXDB_DB": "other"}, "INFLUXDB_DB is other: nobody creates database openemsdb"),
    ],
)
def test_a_database_that_nobody_creates_is_named(environment: dict[str, str | None], what: str | None) -> None:
    services: dict[str, Service] = {**SERVICES, "influxdb": {"image": "influxdb:1.8", "environment": environment}}
    findings = check_creation(PROVIDER, Project("p", services), PLACE)
    assert [finding.what for finding in findings] == ([what] if what else [])


def answered(status: int, words: str = "", version: str = "1.8.10") -> list[Finding]:
    return check_answer(PROVIDER, Answer(status, words, version), "p-influxdb-1", "p-cloud-1", PLACE)


@pytest.mark.parametrize(("status", "version"), [(204, "1.8.10"), (204, "unknown"), (400, "2.7.12")])
def test_an_answer_that_takes_points_is_no_finding(status: int, version: str) -> None:
    assert answered(status, version=version) == []


@pytest.mark.parametrize(
    ("status", "words", "version", "what", "line", "change"),
    [
        (0, "Connection refused", "", "does not answer (Connection refused)", 3, "docker logs p-influxdb-1"),
        (404, "404 page not found", "1.7.11", "InfluxDB 1.7.11 is older than 1.8", 3, "influxdb:1.8"),
        (
            *(404, 'database not found: "openemsdb"', "1.8.10", "openemsdb/autogen is not there", 4),
            "docker exec p-influxdb-1 influx -execute 'CREATE DATABASE \"openemsdb\"'",
        ),
        (404, "bucket not found", "2.7.12", "is not there", 4, "influx bucket create --name openemsdb/autogen"),
        (401, "authorization failed", "1.8.10", "refuses the login", 5, "correct apiKey (user:password)"),
        (403, "not authorized to write", "2.7.12", "refuses the login", 5, "correct apiKey (a token)"),
        (
            500,
            "retention policy not found: x",
            "1.8.10",
            "refuses what the backend writes (500)",
            4,
            "correct it",
        ),
    ],
)
def test_an_answer_that_loses_points_says_which_property_and_what_to_type(  # noqa: PLR0913, PLR0917 - one row
    status: int, words: str, version: str, what: str, line: int, change: str
) -> None:
    finding = one(answered(status, words, version))
    assert what in finding.what
    assert finding.where == f"config.d/Timedata/InfluxDB/1.config:{line}"
    assert change in finding.change


@pytest.mark.parametrize("status", [0, 401, 404, 500])
def test_after_each_cure_the_backend_is_to_be_restarted(status: int) -> None:
    assert one(answered(status)).change.endswith("docker restart p-cloud-1")
