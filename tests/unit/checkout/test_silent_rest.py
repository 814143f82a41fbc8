from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.silent_rest import reason_for_silence
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, config, survey_of

if TYPE_CHECKING:
    from pathlib import Path

ONE = compose_text(samples.DOCKER_OPENEMS) + samples.ODOO_SERVICES
TWO = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
KEYCLOAK = {f"{samples.BACKEND_CONFIG}/Auth/Keycloak.config": config("Auth.Keycloak")}


def reason(folder: Path, compose: str, files: dict[str, str], told: str = "") -> str:
    programs = samples.TWO_PROGRAMS if compose is TWO else samples.ONE_PROGRAM
    return reason_for_silence(survey_of(folder, compose, {**programs, **samples.WITH_REST, **files}, told))


@pytest.mark.parametrize("registry", [samples.WITH_ODOO, samples.WITH_FILE, samples.WITH_DUMMY])
def test_one_program_answers_with_every_registry(tmp_path: Path, registry: dict[str, str]) -> None:
    assert reason(tmp_path, ONE, registry, "2026.1.0") == ""


@pytest.mark.parametrize("told", ["", "2026.2.0", "2026.4.0", "2031.1.0"])
def test_two_programs_stay_closed_without_anything_that_checks_logins(tmp_path: Path, told: str) -> None:
    path, text = next(iter(samples.WITH_ODOO.items()))
    for number, registry in enumerate(
        (samples.WITH_DUMMY, {path: f'enablePasswordAuthentication=B"false"\n{text}'})
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert "login provider" in reason(folder, TWO, registry, told)


def test_keycloak_checks_logins_too(tmp_path: Path) -> None:
    assert reason(tmp_path, TWO, {**samples.WITH_DUMMY, **KEYCLOAK}, "2026.2.0") == ""


@pytest.mark.parametrize(
    ("told", "is_silent"), [("2026.3.0", False), ("2026.4.0", True), ("", False), ("2031.1.0", False)]
)
def test_a_release_that_hangs_is_silent_if_it_is_sure_which_it_is(
    tmp_path: Path, told: str, *, is_silent: bool
) -> None:
    assert bool(reason(tmp_path, TWO, samples.WITH_ODOO, told)) is is_silent
