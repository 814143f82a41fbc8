"""How Odoo's database is made; PostgreSQL, Odoo and the snapshots are held in memory."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.record import Record
from edge_tasks.registry.odoo import table
from edge_tasks.registry.odoo.addon import Addon
from edge_tasks.runtimes.docker.odoo_database import OdooDatabase
from edge_tasks.runtimes.docker.odoo_snapshot import OdooSnapshots, Restored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


USUAL = ("rm -f p-odoo-init", "  Odoo initialises database openems; this takes about half a minute")


class World:
    """A platform, and what was done to it, in order."""

    def __init__(self, folder: Path) -> None:
        self.addon, self.restored, self.odoo_runs = Addon.NO_DATABASE, False, True
        self.did: list[str] = []
        self.record = Record(folder / "record.json")
        stack: Any = SimpleNamespace(
            database=SimpleNamespace(name="openems"),
            project=SimpleNamespace(name="p"),
            services=SimpleNamespace(odoo="odoo16", database="db"),
            options=SimpleNamespace(demo=False),
            docker=SimpleNamespace(log="docker.log", run=lambda *words: self.did.append(" ".join(words))),
            compose=SimpleNamespace(run=self.initialise),
            container=lambda service: SimpleNamespace(id=f"id-of-{service}", is_running=self.odoo_runs),
            context=SimpleNamespace(
                say=self.did.append,
                state=SimpleNamespace(record=self.record),
                waiting=lambda _what: nullcontext(),
            ),
        )
        self.database = OdooDatabase(stack)

    def initialise(self, *_words: str) -> None:
        self.did.append("odoo -i openems")
        self.addon = Addon.INSTALLED

    def drop(self, _database: object) -> None:
        if self.addon is not Addon.NO_DATABASE:
            self.did.append("drop")
        self.addon = Addon.NO_DATABASE

    def restore(self, is_whole: Callable[[], bool], *, starts_odoo: bool) -> Restored | None:
        if not self.restored:
            return None
        self.did.append("restore")
        self.addon = Addon.INSTALLED
        assert is_whole()
        return Restored(starts_odoo)

    def run(self) -> list[str]:
        """What is done when the database is not initialised."""
        self.did.clear()
        assert not self.database.is_initialised()
        self.database._initialise(starts_odoo=False)
        return [word for word in self.did if word not in USUAL]

    @property
    def noted(self) -> str | None:
        return self.record.entries().get("odoo_init")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.setattr(table, "addon", lambda _database: made.addon)
    monkeypatch.setattr(table, "drop_database", made.drop)
    monkeypatch.setattr(OdooSnapshots, "restore", made.restore)
    monkeypatch.setattr(OdooSnapshots, "take", lambda _snapshots: made.did.append(f"take, {made.noted}"))
    return made


INTERRUPTED = "  the initialisation of openems was interrupted and starts again"


@pytest.mark.parametrize("addon", [Addon.HIDDEN, Addon.HALF, Addon.INSTALLED])
def test_a_restore_that_was_interrupted_starts_again_however_far_it_came(world: World, addon: Addon) -> None:
    world.record.note(odoo_init="begun openems")
    world.addon, world.restored = addon, True
    assert world.run() == [INTERRUPTED, "drop", "restore"]
    assert (world.noted, world.database.is_initialised()) == ("made openems", True)


def test_what_ended_well_is_initialised(world: World) -> None:
    world.addon = Addon.INSTALLED
    assert world.database.is_initialised()
    world.record.note(odoo_init="begun another")
    assert world.database.is_initialised()


def test_a_template_that_no_run_of_ours_made_is_refused_and_left(world: World) -> None:
    world.addon = Addon.HIDDEN
    with pytest.raises(CommandFailed, match="the database openems is a template"):
        world.run()
    assert (world.addon, world.noted) == (Addon.HIDDEN, None)


STOP, START = "stop -t 1 id-of-odoo16", "start id-of-odoo16"


def test_an_odoo_that_runs_is_stopped_while_another_program_makes_its_database(world: World) -> None:
    assert world.run() == [STOP, "odoo -i openems", START, "take, made openems"]


def test_so_it_is_after_an_interruption(world: World) -> None:
    world.record.note(odoo_init="begun openems")
    world.addon = Addon.HALF
    assert world.run() == [INTERRUPTED, "drop", STOP, "odoo -i openems", START, "take, made openems"]


def test_an_odoo_that_does_not_run_is_not_started_by_that(world: World) -> None:
    world.odoo_runs = False
    assert world.run() == ["odoo -i openems", "take, made openems"]


def test_beside_a_database_of_others_odoo_goes_on(world: World) -> None:
    world.addon = Addon.HALF
    assert world.run() == ["odoo -i openems"]
    assert world.noted is None
