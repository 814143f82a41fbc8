"""Which port the page has."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from edge_tasks.checkout.layouts import bundled_source
from edge_tasks.cli.invocation import find_invocation
from edge_tasks.cli.reading import page_port
from edge_tasks.cli.session import Session
from edge_tasks.fleet.saved import Saved, State, new_fleet


@pytest.mark.parametrize(
    ("typed", "port"),
    [
        ({}, 8099),
        ({"port_offset": "2000"}, 10099),
        ({"port": "8099", "port_offset": "2000"}, 8099),
        ({"port": "0", "port_offset": "2000"}, 0),
    ],
)
def test_the_page_moves_with_the_other_ports_unless_its_own_is_typed(
    tmp_path: Path, typed: dict[str, str], port: int
) -> None:
    assert page_port(session(tmp_path, typed)) == port


def test_the_saved_offset_moves_the_page_too(tmp_path: Path) -> None:
    fleet = replace(new_fleet(1), port_offset=3000)
    state = State(tmp_path / "platform")
    found = session(tmp_path, {})
    state.folder.mkdir()
    state.save(Saved(fleet, "embedded", "docker-compose.override.yml"))
    assert page_port(found) == 11_099


def session(folder: Path, typed: dict[str, str]) -> Session:
    shutil.copytree(bundled_source(), folder / "platform")
    options = {"platform": str(folder / "platform"), "runtime": "embedded", **typed}
    return Session(options, frozenset({"dashboard"}), {}, find_invocation(None, Path.cwd(), ["dashboard"]))
