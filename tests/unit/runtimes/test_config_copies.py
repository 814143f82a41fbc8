from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from edge_tasks.checkout.completion import APP
from edge_tasks.fleet.record import Record
from edge_tasks.openems import felix
from edge_tasks.runtimes.docker.config_copies import copies
from edge_tasks.runtimes.docker.correction import ConfigCorrection
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, survey_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from edge_tasks.checkout.survey import Survey
    from edge_tasks.runtimes.docker.stack import Stack


def two_programs(folder: Path) -> Survey:
    files = {
        "backend.yml": compose_text(samples.OFFICIAL_BACKEND, "2026.3.0"),
        "gate.yml": compose_text(samples.OFFICIAL_BACKEND_EDGE, "2026.3.0"),
        ".env": "COMPOSE_FILE=backend.yml:gate.yml\n",
    }
    return survey_of(folder, "", files)


def stack(folder: Path, survey: Survey, *, is_corrected: bool = False) -> Stack:
    """What the copies need to know of a stack."""
    state = folder / ".edge-tasks"
    found = SimpleNamespace(
        survey=survey,
        services=SimpleNamespace(backend="openems_backend", backend_edge=survey.players.get("backend-edge", "")),
        backend_files=SimpleNamespace(is_corrected=is_corrected),
        context=SimpleNamespace(state=SimpleNamespace(folder=state, record=Record(state / "record.json"))),
    )
    return cast("Stack", found)


def test_the_second_program_of_official_images_gets_a_copy_that_leads_to_the_first(tmp_path: Path) -> None:
    [found] = copies(stack(tmp_path, two_programs(tmp_path)))
    assert (found.service, found.inside) == ("openems_backend_edge", "/var/opt/openems/config")
    assert found.folder == tmp_path / ".edge-tasks" / "backend-edge-config.d"
    assert felix.parse(found.wanted[APP]).string("uri") == "ws://openems-backend:8083"
    assert found.is_completed


def test_a_copy_is_current_once_it_is_there_whatever_its_program_has_rewritten(tmp_path: Path) -> None:
    [found] = copies(stack(tmp_path, two_programs(tmp_path)))
    assert not found.is_current
    path = found.folder / APP
    path.parent.mkdir(parents=True)
    path.write_text("rewritten")
    assert found.is_current


def test_a_copy_is_written_again_once_something_else_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_tasks.runtimes.docker.edge_files.is_complete", lambda _stack: True)
    (tmp_path / ".edge-tasks").mkdir()
    survey = two_programs(tmp_path)
    correction = ConfigCorrection(stack(tmp_path, survey))
    assert len(correction.find()) == 1
    correction.write()
    assert correction.find() == ()
    moved = {felix.path_of("Edge.Manager"): 'port=I"8093"\nservice.pid="Edge.Manager"\n'}
    changed = ConfigCorrection(stack(tmp_path, replace(survey, in_volume={"backend": moved})))
    assert len(changed.find()) == 1
    changed.write()
    assert changed.find() == ()
    assert ":8093" in (tmp_path / ".edge-tasks" / "backend-edge-config.d" / APP).read_text()


def test_a_copy_that_is_completed_is_no_correction_that_somebody_has_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_tasks.runtimes.docker.edge_files.is_complete", lambda _stack: True)
    (tmp_path / ".edge-tasks").mkdir()
    found = stack(tmp_path, two_programs(tmp_path))
    ConfigCorrection(found).write()
    assert "corrected" not in found.context.state.record.entries()


def test_a_second_program_that_is_configured_in_the_checkout_keeps_its_files(tmp_path: Path) -> None:
    compose = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM)
    survey = survey_of(tmp_path, compose, {**samples.TWO_PROGRAMS, **samples.WITH_ODOO})
    assert list(copies(stack(tmp_path, survey))) == []
