from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.roles import BACKEND_EDGE, ROLES, WITHOUT_ODOO
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, survey_of

if TYPE_CHECKING:
    from pathlib import Path

ONE = compose_text(samples.DOCKER_OPENEMS)


@pytest.mark.parametrize(
    ("registry", "roles"),
    [
        (samples.WITH_ODOO, ROLES),
        (samples.WITH_FILE, WITHOUT_ODOO),
        (samples.WITH_DUMMY, WITHOUT_ODOO),
        ({}, ROLES),
    ],
)
def test_odoo_is_needed_where_the_registry_is_odoo_or_not_known(
    tmp_path: Path, registry: dict[str, str], roles: tuple[str, ...]
) -> None:
    assert survey_of(tmp_path, ONE, {**samples.ONE_PROGRAM, **registry}, "2026.1.0").roles == roles


def test_backend_edge_is_needed_where_the_release_has_two_programs(tmp_path: Path) -> None:
    survey = survey_of(tmp_path, ONE, samples.WITH_DUMMY, "2026.2.0")
    assert survey.roles == (*WITHOUT_ODOO, BACKEND_EDGE)
