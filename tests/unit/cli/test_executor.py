"""With ``--json`` there is one document, whatever happens."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING

import invoke.config
import pytest
from invoke.exceptions import Exit
from jsonschema import Draft202012Validator

import tasks
from edge_tasks.cli.executor import Executor
from edge_tasks.errors import EdgesNotOnline
from tests.inv import ROOT

if TYPE_CHECKING:
    from invoke.tasks import Call

SCHEMA = ROOT / "docs" / "reference" / "output.schema.json"


class Failing(Executor):
    """Fails before it runs a task."""

    error: BaseException

    def dedupe(self, calls: list[Call]) -> list[Call]:  # noqa: ARG002 - nothing is run
        raise self.error


def failing(error: BaseException) -> Failing:
    executor = Failing(tasks.namespace, invoke.config.Config(lazy=True))
    executor.error = error
    return executor


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (EdgesNotOnline("one edge is not well"), 6, "one edge is not well"),
        (PermissionError(errno.EACCES, "Permission denied", "/p/a"), 8, "/p/a cannot be used: Permission denied"),
        (OSError(errno.EIO, "Input/output error", b"/p/\xff"), 8, "/p/\udcff cannot be used: Input/output error"),
        (OSError("no route"), 8, "the system refused: no route"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (caused(RuntimeError("Error calling __set_name__"), KeyboardInterrupt()), 130, "interrupted"),
    ],
)
def test_a_failure_ends_with_its_code_and_with_a_document(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Exit) as ended:
        failing(error).execute(("status", {"json": True}))
    assert ended.value.code == code
    assert str(ended.value).startswith(f"error: {message}")
    found = json.loads(capsys.readouterr().out)["error"]
    assert (found["message"], found["exit_code"]) == (message, code)


@pytest.mark.parametrize(
    ("typed", "does"),
    [
        (["setup"], "continues where it stopped"),
        (["backfill"], "continues where it stopped"),
        (["up", "status"], "continues where it stopped"),
        (["truth"], "begins again from the start"),
        (["status", "report"], "begins again from the start"),
        (["up", "reset"], "begins again from the start"),
    ],
)
def test_what_is_said_of_the_next_call_is_what_it_does(typed: list[str], does: str) -> None:
    with pytest.raises(Exit) as ended:
        failing(KeyboardInterrupt()).execute(*typed)
    assert str(ended.value).endswith(f"run the same command again; it {does}")


def test_a_fault_of_ours_is_in_the_document_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError("a secret")).execute(("status", {"json": True}))
    text = capsys.readouterr().out
    document = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert document["error"]["message"] == "unexpected ZeroDivisionError"
    assert "a secret" not in text
