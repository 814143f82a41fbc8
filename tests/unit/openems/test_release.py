from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters.rendering import templates_folder
from edge_tasks.checkout.dockerfile import java_of
from edge_tasks.checkout.template import compile_template
from edge_tasks.checkout.template_file import SourceFile
from edge_tasks.cli.options import SETTINGS
from edge_tasks.errors import SettingsError
from edge_tasks.openems import felix
from edge_tasks.openems.artifacts import artifacts
from edge_tasks.openems.configuration import BACKEND, SINGLETON_IDS
from edge_tasks.openems.release import DEFAULT, NEW_SINGLETONS, RELEASES, VERSION, check_known, release_of
from edge_tasks.registry.odoo.rows import LIGHT_VERSION
from edge_tasks.runtimes.docker.stack import JAVA_VARIABLE

PACKAGE = Path(__file__).resolve().parents[3] / "edge_tasks"


@pytest.mark.parametrize(
    ("version", "since"),
    [
        ("2024.7.0", "2024.7.0"),
        ("2024.11.0", "2024.7.0"),
        ("2024.12.0", "2024.12.0"),
        ("2025.1.0", "2025.1.0"),
        ("2025.5.0", "2025.1.0"),
        ("2025.10.0", "2025.6.0"),
        ("2026.3.0", "2026.2.0"),
        ("2026.4.0", "2026.4.0"),
        ("2031.1.0", "2026.4.0"),
        ("2019.1.0", "2024.7.0"),
    ],
)
def test_a_version_is_as_the_last_entry_before_it_says(version: str, since: str) -> None:
    assert release_of(version).since == since


@given(st.from_regex(VERSION, fullmatch=True))
def test_every_version_has_an_entry(version: str) -> None:
    assert release_of(version) in RELEASES


@pytest.mark.parametrize("text", ["", "2024.7", "latest", "v2024.7.0", "2024.7.0-SNAPSHOT"])
def test_what_is_not_a_version_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a release of OpenEMS") as refused:
        release_of(text)
    assert "2024.7.0" in refused.value.hint


def test_each_entry_is_found_under_its_own_version_and_says_something_new() -> None:
    assert [release_of(release.since) for release in RELEASES] == list(RELEASES)
    assert len(set(map(str, RELEASES))) == len(RELEASES)


def test_the_backend_is_one_program_up_to_2026_1_and_two_from_2026_2_on() -> None:
    assert release_of("2026.1.0").backend_programs == ("openems-backend",)
    assert release_of("2026.1.0").backend_ports.manager is None
    assert release_of("2026.2.0").backend_programs[-1] == "openems-backend-edge"
    assert release_of("2026.2.0").backend_ports.manager == 8083


@pytest.mark.parametrize(
    ("version", "java", "rest_error_status", "meters"),
    [("2024.7.0", 17, 200, 10), ("2025.1.0", 21, 200, 10), ("2026.1.0", 21, 400, 20), ("2026.4.0", 21, 400, 20)],
)
def test_what_changed_between_the_releases(version: str, java: int, rest_error_status: int, meters: int) -> None:
    found = release_of(version)
    assert (found.java, found.rest_error_status, found.aggregated_meters) == (java, rest_error_status, meters)


@pytest.mark.parametrize("version", ["2024.7.0", "2024.12.1", "2025.1.0", "2026.1.0", "2026.4.0", "2026.4.3"])
def test_a_release_that_is_known_may_be_chosen(version: str) -> None:
    check_known(version)


@pytest.mark.parametrize("version", ["2024.6.0", "2024.13.0", "2025.0.0", "2026.5.0", "2031.1.0", "1999.1.1"])
def test_a_release_that_is_not_known_is_refused_with_those_that_are(version: str) -> None:
    with pytest.raises(SettingsError, match=f"OpenEMS {version} is not a release that") as refused:
        check_known(version)
    assert refused.value.hint == "known: 2024.7 to 2024.12, 2025.1 to 2025.12, 2026.1 to 2026.4"


def test_only_the_newest_release_hangs_when_it_is_asked_for_edges() -> None:
    assert [one.since for one in RELEASES if not one.answers_get_edges] == ["2026.4.0"]
    assert [one.since for one in RELEASES if any("getEdges" in fault for fault in one.faults)] == ["2026.4.0"]


@pytest.mark.parametrize("pid", [*SINGLETON_IDS, *NEW_SINGLETONS])
def test_what_a_running_edge_of_any_release_writes_belongs_to_no_template(pid: str) -> None:
    backend = SourceFile(
        felix.path_of(f"{BACKEND}.a"), f'service.pid="{BACKEND}.a"\nservice.factoryPid="{BACKEND}"\n'
    )
    written = SourceFile(felix.path_of(pid), f'service.pid="{pid}"\n')
    template = compile_template([backend, written], "config.d")
    assert template.left_out == (felix.path_of(pid),)


def test_2026_has_a_singleton_more() -> None:
    assert DEFAULT.new_singletons == frozenset()
    assert release_of("2026.1.0").new_singletons == {"Core.SerialNumber"}


@pytest.mark.parametrize("program", ["openems-edge", "openems-backend"])
def test_the_bundled_images_have_the_java_of_the_default_release_unless_another_is_chosen(program: str) -> None:
    dockerfile = templates_folder() / "platform" / program / "Dockerfile"
    text = dockerfile.read_text()
    found = [java_of(text, arguments, dockerfile) for arguments in ({}, {"JAVA": "21"})]
    assert [one and (one.version, one.line) for one in found] == [(DEFAULT.java, 2), (21, 2)]
    compose = (templates_folder() / "platform" / "docker-compose.yml").read_text()
    assert f'./{program}, network: none, args: {{JAVA: "${{{JAVA_VARIABLE}:-{DEFAULT.java}}}"}}' in compose


@pytest.mark.parametrize("program", ["openems-edge", "openems-backend"])
def test_the_bundled_images_are_built_of_the_jars_of_the_release(program: str) -> None:
    dockerfile = templates_folder() / "platform" / program / "Dockerfile"
    copied = re.search(r"^COPY (\S+) ", dockerfile.read_text(), re.MULTILINE)
    assert copied is not None
    assert copied[1] in DEFAULT.jars
    fetched = {artifact.path for artifact in artifacts(Path("p"), DEFAULT.since, "https://github.com")}
    assert Path("p", program, copied[1]) in fetched


def test_the_default_release_is_what_is_chosen_and_what_light_edges_say() -> None:
    assert SETTINGS["openems_version"].default == LIGHT_VERSION == DEFAULT.since


def test_no_other_module_spells_the_default_release() -> None:
    spelled = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == DEFAULT.since
    }
    assert spelled == {"openems/release.py"}


def test_the_page_about_versions_says_what_the_entries_say() -> None:
    page = PACKAGE.parent / "docs" / "howto" / "openems-version.md"
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.read_text().splitlines()]
    assert [row for row in rows if re.fullmatch(VERSION, row[0])] == [
        [
            one.since,
            str(one.java),
            ", ".join(one.backend_programs),
            str(one.rest_error_status),
            str(one.aggregated_meters),
            f"{one.aggregated_after_s} s",
        ]
        for one in RELEASES
    ]
