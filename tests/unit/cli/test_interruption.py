"""Ctrl-C before a call has begun, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from tests.inv import ROOT

BEFORE = "import os, signal, sys; from edge_tasks.cli import interruption as it; "
CTRL_C = "; os.kill(os.getpid(), signal.SIGINT); print('goes on')"


def ended(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BEFORE + code + CTRL_C, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_ctrl_c_before_anything_was_done_is_a_line_and_no_traceback() -> None:
    done = ended("it.end_at_once()")
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "error: interrupted before anything was done\n"


def test_with_json_it_is_a_document_too() -> None:
    done = ended("it.end_at_once()", "--json")
    found = json.loads(done.stdout)
    Draft202012Validator(json.loads((ROOT / "docs/reference/output.schema.json").read_text())).validate(found)
    assert found["error"]["exit_code"] == done.returncode == 130


@pytest.mark.parametrize(
    ("code", "goes_on"),
    [
        ("signal.signal(signal.SIGINT, signal.SIG_IGN); it.end_at_once(); it.end_in_order()", True),
        ("it.end_at_once(); it.end_in_order()", False),
        ("import tasks", False),
    ],
)
def test_who_ignores_it_goes_on_and_once_a_call_has_begun_it_is_an_exception(code: str, *, goes_on: bool) -> None:
    done = ended(code)
    assert ("goes on" in done.stdout) == goes_on
    assert ("KeyboardInterrupt" in done.stderr) != goes_on
    assert "before anything" not in done.stderr
