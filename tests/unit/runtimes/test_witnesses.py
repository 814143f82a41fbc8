from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.runtimes.docker.witnesses import best_of
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, survey_of

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.runtimes.docker.stack import Stack

TWO = compose_text(samples.DOCKER_OPENEMS + samples.SECOND_PROGRAM) + samples.ODOO_SERVICES
SILENT = "the backend's B2B REST API cannot be asked"


@pytest.mark.parametrize(("asks_rest", "names"), [(True, ["rest", "SocketStatus"]), (False, ["SocketStatus"])])
def test_a_rest_api_that_says_nothing_is_no_witness(names: list[str], *, asks_rest: bool) -> None:
    rest = SimpleNamespace(ui="")
    stack = SimpleNamespace(rest=rest, asks_rest=asks_rest, services=SimpleNamespace(database=""))
    sources = best_of(cast("Stack", stack)).sources
    assert ["rest" if cast("object", one) is rest else type(one).__name__ for one in sources] == names


@pytest.mark.parametrize(
    ("rest_port", "told", "why", "change"),
    [
        (None, "2026.3.0", "the backend has no B2B REST API", "inv doctor --fix up"),
        (8075, "2026.4.0", f"{SILENT} (it never answers who is online in OpenEMS 2026.4.0)", "inv doctor"),
        (8075, "2026.3.0", f"{SILENT} (it does not answer)", "inv doctor"),
    ],
)
def test_who_asks_the_table_says_why_and_offers_what_helps(
    tmp_path: Path, rest_port: int | None, told: str, why: str, change: str
) -> None:
    stack = SimpleNamespace(
        rest=SimpleNamespace(ui=""),
        asks_rest=False,
        services=SimpleNamespace(database="db"),
        database=None,
        wiring=SimpleNamespace(rest_port=rest_port),
        survey=survey_of(tmp_path, TWO, {**samples.TWO_PROGRAMS, **samples.WITH_ODOO}, told),
    )
    table, _ = best_of(cast("Stack", stack)).sources
    late = "PostgreSQL was asked, which can be 30 s late, and values cannot be asked"
    assert table.remark == f"{why}: {late} → {change}"
