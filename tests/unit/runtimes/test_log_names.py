from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.docker.log_names import service_of
from tests.containers import RUNNING

if TYPE_CHECKING:
    from edge_tasks.adapters.containers import Container


def container(name: str, service: str) -> Container:
    return replace(RUNNING, id=name, name=name, service=service)


CONTAINERS = (
    container("site-openems-edge-3-1", "openems-edge-3"),
    container("openems_backend", "openems-backend"),
    container("site-db", "db"),
)


@pytest.mark.parametrize(
    ("word", "service"),
    [
        ("openems-edge-3", "openems-edge-3"),
        ("openems-edge-3-1", "openems-edge-3"),
        ("site-openems-edge-3-1", "openems-edge-3"),
        ("openems_backend", "openems-backend"),
        ("site-db", "db"),
        ("odoo16", "odoo16"),
    ],
)
def test_a_service_is_found_by_its_name_and_by_what_stands_before_its_lines(word: str, service: str) -> None:
    assert service_of(word, ["odoo16", "db"], CONTAINERS, "site") == service


def test_a_service_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="there is no service 'odoo'") as refused:
        service_of("odoo", ["odoo16"], CONTAINERS, "site")
    assert refused.value.hint == "one of db, odoo16, openems-backend, openems-edge-3"
