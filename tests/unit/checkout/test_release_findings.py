from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.release_findings import check_release
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, config, survey_of
from tests.unit.openems.test_build_constants import jar, java_class, version

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.checkout.survey import Survey

ONE = compose_text(samples.DOCKER_OPENEMS) + samples.ODOO_SERVICES
TWO = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
APP = f"{samples.BACKEND_EDGE_CONFIG}/Backend/Edge/App.config"
MANAGER = f"{samples.BACKEND_CONFIG}/Edge/Manager.config"


def place(service: str, *path: str) -> str:
    return "/".join((service, *path))


def findings(survey: Survey, edges: int = 11) -> dict[str, Finding]:
    return {found.fault.value: found for found in check_release(survey, place, edges)}


def two_programs(folder: Path, files: dict[str, str] | None = None, told: str = "2026.2.0") -> Survey:
    return survey_of(folder, TWO, {**samples.TWO_PROGRAMS, **samples.WITH_ODOO, **(files or {})}, told)


@pytest.mark.parametrize("told", ["2024.7.0", "2025.11.0", "2026.1.0"])
@pytest.mark.parametrize("registry", [samples.WITH_ODOO, samples.WITH_FILE, samples.WITH_DUMMY])
def test_nothing_is_wrong_with_a_backend_of_one_program(
    tmp_path: Path, told: str, registry: dict[str, str]
) -> None:
    files = {**samples.ONE_PROGRAM, **samples.WITH_REST, **registry}
    assert findings(survey_of(tmp_path, ONE, files, told)) == {}


@pytest.mark.parametrize("told", ["2026.2.0", "2026.3.0"])
def test_nothing_is_wrong_with_two_programs_that_find_each_other(tmp_path: Path, told: str) -> None:
    assert findings(two_programs(tmp_path, samples.WITH_REST, told)) == {}


@pytest.mark.parametrize("told", ["2026.2.0", "2026.4.0"])
def test_a_backend_without_its_second_program_is_an_error(tmp_path: Path, told: str) -> None:
    found = findings(survey_of(tmp_path, ONE, samples.WITH_DUMMY, told))["backend-edge-missing"]
    assert found.is_error
    assert found.where == "openems-backend/image"
    assert "openems-backend has OpenEMS" in found.what
    assert "--openems-version 2026.1.0" in found.change


def test_the_official_backend_alone_is_not_taken_for_fit(tmp_path: Path) -> None:
    found = findings(survey_of(tmp_path, compose_text(samples.OFFICIAL_BACKEND), {}))["backend-edge-missing"]
    assert "openems_backend probably has OpenEMS 2026.4.0" in found.what
    one_program = compose_text(samples.OFFICIAL_BACKEND, "2026.1.0")
    (tmp_path / "pinned").mkdir()
    assert findings(survey_of(tmp_path / "pinned", one_program, {})) == {}


def test_a_port_that_differs_from_the_managers_is_named_with_file_and_line(tmp_path: Path) -> None:
    manager = config("Edge.Manager", 'poolSize=I"10"\nport=I"8093"\n')
    found = findings(two_programs(tmp_path, {MANAGER: manager}))["manager-wiring"]
    assert found.where == f"{APP}:2"
    assert found.what == f"uri has port 8083, but {MANAGER} listens at 8093"
    assert found.change == 'make it uri="ws://openems-backend:8093"'


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (
            'uri="ws://localhost:8083"\n',
            "uri leads to localhost, which is the container of openems-backend-edge itself",
        ),
        ("", "uri leads to localhost, which is the container of openems-backend-edge itself"),
        ('uri="ws://openems-backend:no"\n', "uri has port 0, but"),
        ('uri="ws://openems-backend"\n', "uri has port 80, but"),
        ('uri="ws://open_ems:8083"\n', "uri leads to open_ems, and Java finds no host with an underscore"),
    ],
)
def test_an_address_that_does_not_lead_to_the_backend_is_an_error(tmp_path: Path, app: str, what: str) -> None:
    found = findings(two_programs(tmp_path, {APP: config("Backend.Edge.App", app)}))["manager-wiring"]
    assert found.is_error
    assert found.what.startswith(what)


def test_a_host_that_nothing_in_the_project_is_called_is_a_remark(tmp_path: Path) -> None:
    found = findings(two_programs(tmp_path, {APP: config("Backend.Edge.App", 'uri="ws://backend:8083"\n')}))
    assert found["manager-wiring"].what == "uri leads to backend, and nothing in this project is called so"
    assert not found["manager-wiring"].is_error


@pytest.mark.parametrize(
    "host", ["the-name", "the-host", "an-alias", "10.1.2.3", "cloud.example.org", "far-away"]
)
def test_every_name_of_the_backend_and_what_is_elsewhere_is_accepted(tmp_path: Path, host: str) -> None:
    more = (
        "    container_name: the-name\n    hostname: the-host\n"
        '    networks: {default: {aliases: [an-alias]}}\n    extra_hosts: ["far-away=10.0.0.1"]\n'
    )
    compose = TWO.replace("  openems-backend:\n", f"  openems-backend:\n{more}")
    app = {APP: config("Backend.Edge.App", f'uri="ws://{host}:8083"\n')}
    files = {**samples.TWO_PROGRAMS, **samples.WITH_ODOO, **app}
    assert findings(survey_of(tmp_path, compose, files, "2026.2.0")) == {}


def test_what_is_proposed_is_a_host_for_java(tmp_path: Path) -> None:
    compose = TWO.replace("  openems-backend:\n", "  openems_backend:\n")
    app = {APP: config("Backend.Edge.App", 'uri="ws://openems_backend:8083"\n')}
    files = {**samples.TWO_PROGRAMS, **samples.WITH_ODOO, **app}
    found = findings(survey_of(tmp_path, compose, files, "2026.2.0"))["manager-wiring"]
    assert found.is_error
    assert found.change == 'make it uri="ws://openems-backend:8083"'


def test_without_a_configured_port_the_managers_default_is_compared(tmp_path: Path) -> None:
    assert "manager-wiring" not in findings(two_programs(tmp_path, {MANAGER: config("Edge.Manager")}))


def test_metadata_file_never_opens_the_port_for_edges_of_two_programs(tmp_path: Path) -> None:
    files = {**samples.TWO_PROGRAMS, **samples.WITH_FILE, **samples.WITH_REST}
    found = findings(survey_of(tmp_path, TWO, files, "2026.4.0"))
    assert list(found) == ["file-closed"]
    assert found["file-closed"].where == f"{samples.BACKEND_CONFIG}/Metadata/File.config:2"
    assert found["file-closed"].is_error


def test_rest_without_anything_that_checks_logins_is_a_remark(tmp_path: Path) -> None:
    files = {**samples.TWO_PROGRAMS, **samples.WITH_DUMMY, **samples.WITH_REST}
    found = findings(survey_of(tmp_path, TWO, files, "2026.3.0"))
    assert list(found) == ["login-provider"]
    assert not found["login-provider"].is_error


@pytest.mark.parametrize(("given", "last"), [("", 10), ('edgeIdMax=I"2"\n', 2), ('edgeIdMax="2"\n', 10)])
def test_metadata_dummy_lets_in_no_more_edges_than_it_knows(tmp_path: Path, given: str, last: int) -> None:
    dummy = {f"{samples.BACKEND_CONFIG}/Metadata/Dummy.config": config("Metadata.Dummy", given)}
    files = {**samples.TWO_PROGRAMS, **dummy}
    survey = survey_of(tmp_path, TWO, files, "2026.2.0")
    assert findings(survey, last + 1) == {}
    found = findings(survey, last + 2)["dummy-full"]
    assert found.is_error
    assert found.what.startswith(f"Metadata.Dummy knows edge0 to edge{last} only")
    assert found.change.startswith(f'make it edgeIdMax=I"{last + 1}"')
    (tmp_path / "one").mkdir()
    one = survey_of(tmp_path / "one", ONE, {**samples.ONE_PROGRAM, **dummy}, "2026.1.0")
    assert findings(one, 1000) == {}


def test_odoo_checks_logins_unless_it_is_told_not_to(tmp_path: Path) -> None:
    path, text = next(iter(samples.WITH_ODOO.items()))
    refusing = {path: f'enablePasswordAuthentication=B"false"\n{text}', **samples.WITH_REST}
    assert list(findings(two_programs(tmp_path, refusing))) == ["login-provider"]


def test_the_release_that_hangs_with_odoo_is_named_and_no_other(tmp_path: Path) -> None:
    found = findings(two_programs(tmp_path, told="2026.4.0"))
    assert list(found) == ["get-edges-hangs"]
    assert not found["get-edges-hangs"].is_error


def test_a_release_that_nobody_knows_is_a_remark_and_nothing_else_is_held_against_it(tmp_path: Path) -> None:
    compose = TWO.replace("openems-edge:latest", "openems-edge:2031.1.0")
    survey = survey_of(tmp_path, compose, {**samples.TWO_PROGRAMS, **samples.WITH_ODOO})
    found = findings(survey)
    assert list(found) == ["release-newer"]
    assert "treated as 2026.4.0" in found["release-newer"].what


@pytest.mark.parametrize(
    ("release", "java", "base", "expected"),
    [
        ((2025, 3), 21, "17-jre", "needs Java 21, and its image has Java 17"),
        ((2025, 3), 21, "21-jre-alpine", ""),
        ((2025, 3), 21, "23", ""),
        ((2025, 12), 21, "24-jre", "does not start on Java 24 or later, and its image has Java 24"),
        ((2024, 7), 17, "25", "does not start on Java 24 or later, and its image has Java 25"),
        ((2026, 1), 21, "25", ""),
    ],
)
def test_the_java_of_an_image_must_be_one_that_its_jar_starts_on(
    tmp_path: Path, release: tuple[int, int], java: int, base: str, expected: str
) -> None:
    built = ONE.replace("    image: openems-edge:", "    build: ./openems-edge\n    image: openems-edge:")
    dockerfile = f"# an edge\nFROM eclipse-temurin:{base}\nCOPY openems-edge.jar /e.jar\n"
    (tmp_path / "openems-edge").mkdir()
    jar(tmp_path / "openems-edge" / "openems-edge.jar", java_class(version(*release), java=java))
    found = findings(survey_of(tmp_path, built, {"openems-edge/Dockerfile": dockerfile}))
    said = [(one.where, one.what, one.change) for name, one in found.items() if name.startswith("java-")]
    what = f"openems-edge/openems-edge.jar {expected}"
    change = f"stand it on an image with Java {java}, such as eclipse-temurin:{java}-jre"
    assert said == ([("openems-edge/Dockerfile:2", what, change)] if expected else [])
