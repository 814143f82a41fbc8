from __future__ import annotations

import inspect

import pytest

from edge_tasks import errors
from edge_tasks.errors import BackendError, CommandFailed, FleetError, NoAnswer, OdooError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, FleetError)]


@pytest.mark.parametrize("kind", [BackendError, OdooError])
def test_a_service_that_does_not_answer_ends_a_command_like_any_other_failure(kind: type[NoAnswer]) -> None:
    error = kind("it does not answer")
    assert isinstance(error, CommandFailed)
    assert (error.message, error.hint, error.exit_code) == ("it does not answer", "inv up", 4)
    assert kind("no", hint="inv odoo-init").hint == "inv odoo-init"


def test_the_code_of_http_is_kept_for_whoever_asks_again() -> None:
    assert (BackendError("no").code, BackendError("no", code=500).code) == (0, 500)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_in_the_overview_with_its_exit_code(kind: type[FleetError]) -> None:
    lines = [line.split() for line in str(errors.__doc__).splitlines() if line.strip().startswith(kind.__name__)]
    assert len(lines) == 1
    assert kind is FleetError or lines[0][1] == str(kind.exit_code)
