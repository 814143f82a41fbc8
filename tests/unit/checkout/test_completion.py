from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.completion import APP, DEVICES, MANAGER, completed, completed_backend_edge
from edge_tasks.checkout.metadata import find_metadata
from edge_tasks.openems import felix
from edge_tasks.openems.release import RELEASES, release_of
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, config, survey_of

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = release_of("2026.1.0"), release_of("2026.2.0")
WEBSOCKET = PurePosixPath("Edge/Websocket.config")
URI = "ws://openems-backend:8083"


def ports(files: dict[PurePosixPath, str]) -> dict[str, object]:
    """PID → port, of all files that have one."""
    found = (felix.parse(text).values() for text in files.values())
    return {str(one.get("service.pid")): one["port"] for one in found if "port" in one}


@pytest.mark.parametrize("version", [one.since for one in RELEASES])
def test_felix_loads_every_file_that_is_made(version: str) -> None:
    release = release_of(version)
    for files in (completed({}, release), completed_backend_edge({}, release, URI)):
        for path, text in files.items():
            pid = felix.parse(text).string("service.pid")
            assert pid is not None
            assert felix.path_of(pid) == path


def test_a_backend_of_one_program_opens_the_ports_for_edges_uis_and_rest() -> None:
    files = completed({}, ONE)
    assert sorted(ports(files).values(), key=str) == [8075, 8081, 8082]
    assert [(one.pid, one.devices) for one in find_metadata(files)] == [("Metadata.File", DEVICES)]
    assert MANAGER not in files


def test_the_two_programs_find_each_other() -> None:
    files, backend_edge = completed({}, TWO), completed_backend_edge({}, TWO, URI)
    assert ports(files)["Edge.Manager"] == 8083
    assert WEBSOCKET not in files
    assert felix.parse(backend_edge[APP]).string("uri") == URI
    assert ports(backend_edge) == {"Backend.Edge.App": 8081}


def test_what_somebody_has_configured_in_the_volume_stays() -> None:
    own = {
        PurePosixPath("Metadata/Odoo.config"): config("Metadata.Odoo", 'pgHost="db"\n'),
        PurePosixPath("Edge/Websocket.config"): config("Edge.Websocket", 'port=I"9081"\n'),
        PurePosixPath("Backend2Backend/Rest/a.config"): config("Backend2Backend.Rest.a", 'port=I"9075"\n'),
    }
    assert completed(own, ONE) == own


def test_only_what_is_missing_is_added_to_it() -> None:
    own = {PurePosixPath("Metadata/Dummy.config"): config("Metadata.Dummy")}
    added = completed(own, ONE).keys() - own.keys()
    assert added == {WEBSOCKET, PurePosixPath("Backend2Backend/Rest/edgeTasks.config")}


def test_of_the_second_program_only_the_uri_is_changed() -> None:
    own = {APP: config("Backend.Edge.App", 'port=I"9081"\nuri="ws://localhost:8083"\n')}
    assert completed_backend_edge(own, TWO, URI) == {APP: own[APP].replace("ws://localhost:8083", URI)}


def test_official_images_with_their_configuration_in_volumes_are_completed(tmp_path: Path) -> None:
    files = {
        "backend.yml": compose_text(samples.OFFICIAL_BACKEND, "2026.3.0"),
        "gate.yml": compose_text(samples.OFFICIAL_BACKEND_EDGE, "2026.3.0"),
        ".env": "COMPOSE_FILE=backend.yml:gate.yml\n",
    }
    survey = survey_of(tmp_path, "", files)
    assert survey.is_completed("backend")
    assert survey.is_completed("backend-edge")
    assert felix.parse(survey.backend_edge_texts[APP]).string("uri") == URI
    assert (survey.backend_edge_port, survey.manager_port) == (8081, 8083)


def test_a_configuration_in_the_checkout_is_not_completed(tmp_path: Path) -> None:
    files = {**samples.ONE_PROGRAM, **samples.WITH_FILE}
    survey = survey_of(tmp_path, compose_text(samples.DOCKER_OPENEMS), files)
    assert not survey.is_completed("backend")
    assert len(survey.backend_texts) == len(files)
