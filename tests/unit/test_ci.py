from __future__ import annotations

import importlib
import re

import nox

from tests.inv import ROOT


def test_ci_runs_every_session_that_nox_runs_by_itself() -> None:
    importlib.import_module("noxfile")  # which says what nox runs by itself
    halves = re.findall(r"nox -s ([a-z0-9 ]+)", (ROOT / ".ci" / "run").read_text())

    assert sorted(" ".join(halves).split()) == sorted(nox.options.sessions or ())
