from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.compose_file import find_compose_files
from edge_tasks.checkout.explanation import explain_checkout
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, config, survey_of
from tests.unit.openems.test_build_constants import jar, java_class, version

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.survey import Survey

STOCK = compose_text(samples.DOCKER_OPENEMS) + samples.ODOO_SERVICES
STOCK_FILES = {**samples.ONE_PROGRAM, **samples.WITH_REST, **samples.WITH_ODOO, **samples.TEMPLATE}


def found(survey: Survey) -> dict[str, list[str]]:
    """What is found, by what it is about."""
    rows: dict[str, list[str]] = {}
    for row in explain_checkout(survey, find_compose_files(survey.platform.path), "a test"):
        rows.setdefault(row.about, []).append(row.found)
    return rows


def reasons(survey: Survey, about: str) -> list[str]:
    rows = explain_checkout(survey, find_compose_files(survey.platform.path), "a test")
    return [row.why for row in rows if row.about == about]


def test_a_docker_openems_checkout_is_understood_whole(tmp_path: Path) -> None:
    rows = found(survey_of(tmp_path, STOCK, STOCK_FILES))
    assert rows["layout"] == ["docker-openems"]
    assert {about: names for about, names in rows.items() if about.startswith("service ")} == {
        "service edge": ["openems-edge"],
        "service backend": ["openems-backend"],
        "service database": ["db"],
        "service odoo": ["odoo16"],
        "service backend-edge": ["none"],
    }
    assert rows["registry"] == ["Metadata.Odoo"]
    assert rows["release"] == ["probably 2026.1.0"]
    assert rows["witness"] == ["the backend's B2B REST API"]
    assert rows["template"] == ["1 components"]


def test_no_row_has_a_secret(tmp_path: Path) -> None:
    influxdb = 'url="http://user:secret@influxdb:8086"\napiKey="user:secret"\nbucket="b"\n'
    timedata = {
        f"{samples.BACKEND_CONFIG}/Timedata/InfluxDB/a.config": influxdb + 'service.pid="Timedata.InfluxDB.a"\n'
    }
    survey = survey_of(tmp_path, STOCK, {**STOCK_FILES, **timedata})
    rows = explain_checkout(survey, find_compose_files(tmp_path), "a test")
    assert any("influxdb:8086" in row.found for row in rows)
    assert "secret" not in str(rows)


def test_the_official_edge_gets_our_template_and_the_reason_is_said(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, compose_text(samples.OFFICIAL_EDGE, "2026.1.0"), {})
    rows = found(survey)
    assert (rows["layout"], rows["service edge"], rows["release"]) == (
        ["official images"],
        ["openems-edge"],
        ["2026.1.0"],
    )
    assert reasons(survey, "template") == [
        "the template of edge-tasks, as the checkout has none with a Backend controller"
    ]
    assert reasons(survey, "release") == ["image openems/edge:2026.1.0"]


def test_the_official_backend_has_its_registry_in_a_volume(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, compose_text(samples.OFFICIAL_BACKEND), {})
    rows = found(survey)
    assert rows["service backend"] == ["openems_backend"]
    assert rows["registry"] == ["probably Metadata.File with /var/opt/openems/metadata.json"]
    assert rows["backend config"] == ["not known"]
    assert "openems-backend-conf" in reasons(survey, "registry")[0]


def test_what_was_read_in_a_volume_is_no_guess(tmp_path: Path) -> None:
    unread = survey_of(tmp_path, compose_text(samples.OFFICIAL_BACKEND), {})
    files = {PurePosixPath("Metadata/Odoo.config"): config("Metadata.Odoo", 'pgHost="db"\n')}
    survey = replace(unread, in_volume={"backend": files})
    assert found(survey)["registry"] == ["Metadata.Odoo"]
    assert reasons(survey, "registry") == ["Metadata/Odoo.config of openems-backend-conf:2"]
    assert found(survey)["backend config"] == ["the volume openems-backend-conf"]
    assert reasons(survey, "backend config") == ["its files are there"]


def test_a_volume_without_a_registry_gets_that_of_the_image_and_this_is_a_guess(tmp_path: Path) -> None:
    unread = survey_of(tmp_path, compose_text(samples.OFFICIAL_BACKEND), {})
    files = {PurePosixPath("Edge/Websocket.config"): config("Edge.Websocket", 'port=I"9081"\n')}
    survey = replace(unread, in_volume={"backend": files})
    assert found(survey)["registry"] == ["probably Metadata.File with /var/opt/openems/metadata.json"]


@pytest.mark.parametrize(
    ("files", "pid"),
    [(samples.WITH_ODOO, "Metadata.Odoo"), (samples.WITH_DUMMY, "Metadata.Dummy")],
)
def test_the_registry_is_named_with_file_and_line(tmp_path: Path, files: dict[str, str], pid: str) -> None:
    survey = survey_of(tmp_path, STOCK, {**samples.ONE_PROGRAM, **files})
    assert found(survey)["registry"] == [pid]
    [why] = reasons(survey, "registry")
    assert why.startswith(f"{samples.BACKEND_CONFIG}/Metadata/")
    assert why.rpartition(":")[2].isdigit()


def test_metadata_file_is_named_with_the_file_that_it_reads(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, STOCK, {**samples.ONE_PROGRAM, **samples.WITH_FILE})
    assert found(survey)["registry"] == ["Metadata.File with /var/opt/openems/metadata.json"]


def test_a_backend_of_two_programs_is_recognised_by_its_second_service(tmp_path: Path) -> None:
    compose = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
    survey = survey_of(tmp_path, compose, {**samples.TWO_PROGRAMS, **samples.WITH_ODOO, **samples.TEMPLATE})
    rows = found(survey)
    assert rows["service backend"] == ["openems-backend"]
    assert rows["service backend-edge"] == ["openems-backend-edge"]
    assert rows["backend-edge config"] == [samples.BACKEND_EDGE_CONFIG]
    assert rows["release"] == ["probably 2026.4.0"]


@pytest.mark.parametrize("pids", [samples.WITH_FILE, samples.WITH_DUMMY])
def test_rest_is_no_witness_where_no_login_provider_opens_it(tmp_path: Path, pids: dict[str, str]) -> None:
    survey = survey_of(tmp_path, STOCK, {**samples.TWO_PROGRAMS, **samples.WITH_REST, **pids}, told="2026.2.0")
    assert found(survey)["witness"] == ["not known"]
    assert reasons(survey, "witness") == ["its port stays closed without a login provider"]


@pytest.mark.parametrize(
    ("told", "named"), [("2026.3.0", "the backend's B2B REST API"), ("2026.4.0", "PostgreSQL")]
)
def test_rest_is_no_witness_of_the_release_in_which_it_hangs(tmp_path: Path, told: str, named: str) -> None:
    compose = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
    files = {**samples.TWO_PROGRAMS, **samples.WITH_REST, **samples.WITH_ODOO}
    assert found(survey_of(tmp_path, compose, files, told))["witness"] == [named]


def test_of_a_release_that_may_hang_the_next_witness_is_named_too(tmp_path: Path) -> None:
    compose = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
    files = {**samples.TWO_PROGRAMS, **samples.WITH_REST, **samples.WITH_ODOO}
    [why] = reasons(survey_of(tmp_path, compose, files), "witness")
    assert why.endswith("; if it never answers, PostgreSQL")


def test_a_jar_beats_the_tag_of_the_image_and_the_tag_is_named_against_it(tmp_path: Path) -> None:
    built = compose_text(samples.DOCKER_OPENEMS, "2024.7.0").replace(
        "    image: openems-edge", "    build: ./openems-edge\n    image: openems-edge"
    )
    (tmp_path / "openems-edge").mkdir()
    jar(tmp_path / "openems-edge" / "openems-edge.jar", java_class(version(2025, 11), java=21))
    survey = survey_of(tmp_path, built, {})
    assert found(survey)["release"] == ["2025.11.0", "but 2024.7.0", "but 2024.7.0"]
    assert found(survey)["jar"] == ["openems-edge/openems-edge.jar: 2025.11.0"]
    assert reasons(survey, "jar") == ["needs Java 21"]


def test_the_release_that_was_typed_beats_everything(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, compose_text(samples.OFFICIAL_EDGE, "2026.1.0"), {}, told="2024.12.0")
    assert found(survey)["release"] == ["2024.12.0", "but 2026.1.0"]


def test_a_release_that_nobody_knows_is_treated_as_the_newest_and_that_is_said(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, compose_text(samples.OFFICIAL_EDGE, "2031.1.0"), {})
    assert reasons(survey, "release") == [
        "image openems/edge:2031.1.0; it is newer than what is known, and treated as 2026.4.0"
    ]


def test_two_services_that_look_like_a_backend_are_both_named(tmp_path: Path) -> None:
    compose = "services: {a: {image: openems/backend}, b: {image: openems/backend}}"
    survey = survey_of(tmp_path, compose, {})
    assert reasons(survey, "service backend") == ["a, b look like it; invoke.yaml can name one"]
