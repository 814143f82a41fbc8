"""What a call does about work that goes on beside its steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.session import Session
from edge_tasks.errors import CommandFailed


@pytest.fixture
def session() -> Session:
    """One whose Odoo does not start."""
    made = Session({}, frozenset({"setup"}), {}, find_invocation(None, Path.cwd(), ["setup"]))
    made.beside.begin("Odoo is ready", fail)
    return made


def fail() -> None:
    raise CommandFailed("Odoo does not answer")


def test_its_failure_is_that_of_the_call_where_it_is_waited_for(session: Session) -> None:
    with pytest.raises(CommandFailed, match="Odoo does not answer"):
        session.settle()


@pytest.mark.parametrize("ends_by", ["close", "begin_again"])
def test_its_failure_is_said_where_nobody_needs_it_any_more(
    session: Session, capsys: pytest.CaptureFixture[str], ends_by: str
) -> None:
    getattr(session, ends_by)()
    session.close()
    assert capsys.readouterr().out == "  ! Odoo does not answer\n"
