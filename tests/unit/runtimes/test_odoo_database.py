"""How Odoo's database is made; PostgreSQL, Odoo and the snapshots are held in memory."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from edge_tasks.errors import CommandFailed, DatabaseRefused, OdooError
from edge_tasks.fleet.record import Record
from edge_tasks.plan import Plan
from edge_tasks.registry.odoo import server, table
from edge_tasks.registry.odoo.addon import Addon
from edge_tasks.runtimes.beside import Beside
from edge_tasks.runtimes.docker import data_folders, odoo_database
from edge_tasks.runtimes.docker.odoo_database import OdooDatabase
from edge_tasks.runtimes.docker.odoo_snapshot import OdooSnapshots
from edge_tasks.runtimes.plans import DatabaseToPrepare
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


USUAL = ("rm -f p-odoo-init", "  Odoo initialises database openems; this takes about half a minute")


class World:
    """A platform, and what was done to it, in order."""

    def __init__(self, folder: Path) -> None:
        self.addon, self.restored, self.odoo_runs = Addon.NO_DATABASE, False, True
        self.did: list[str] = []
        self.beside = Beside()
        self.odoo: Any = SimpleNamespace(answers=lambda: True, lets_in=lambda: True, url="http://odoo")
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
                beside=self.beside,
            ),
            odoo=self.odoo,
            ports={"database": 5432, "odoo": 8069},
            containers=lambda: [
                SimpleNamespace(service=name, is_running=True, host_ports={5432, 8069})
                for name in ("db", "odoo16")
            ],
        )
        self.database = OdooDatabase(stack)

    def initialise(self, *_words: str) -> None:
        self.did.append("odoo -i openems")
        self.addon = Addon.INSTALLED

    def drop(self, _database: object) -> None:
        if self.addon is not Addon.NO_DATABASE:
            self.did.append("drop")
        self.addon = Addon.NO_DATABASE

    def restore(self, is_whole: Callable[[], bool], note: Callable[[str], None]) -> bool:
        if not self.restored:
            return False
        note("restoring")
        self.did.append("restore")
        self.addon = Addon.INSTALLED
        note("made")
        return is_whole()

    def run(self) -> list[str]:
        """What is done when the database is not initialised."""
        self.did.clear()
        assert not self.database.is_initialised()
        self.database._initialise()
        return [word for word in self.did if word not in USUAL]

    def settle(self) -> None:
        self.beside.await_end(lambda _what: nullcontext())

    def start(self) -> str:
        """What is said to be done when nothing runs."""
        self.did.clear()
        planned = DatabaseToPrepare(start=("db", "odoo16"), initialise=None, set_passwords=None)
        return self.database.prepare(Plan(("start",), "", planned))

    @property
    def noted(self) -> str | None:
        return self.record.entries().get("odoo_init")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path)
    monkeypatch.setattr(server, "answers", lambda _database: True)
    monkeypatch.setattr(table, "addon", lambda _database: made.addon)
    monkeypatch.setattr(server, "drop_database", made.drop)
    monkeypatch.setattr(OdooSnapshots, "restore", made.restore)
    monkeypatch.setattr(OdooSnapshots, "remove_half", lambda _snapshots: made.did.append("remove half"))
    monkeypatch.setattr(OdooSnapshots, "discard", lambda _snapshots, why: made.did.append(f"discard: {why}"))
    monkeypatch.setattr(OdooDatabase, "start_server", lambda _database: made.did.append("start db"))
    monkeypatch.setattr(data_folders, "remember", lambda _stack: None)
    monkeypatch.setattr(OdooSnapshots, "take", lambda _snapshots: made.did.append(f"take, {made.noted}"))
    return made


STOP, START = "stop -t 1 id-of-odoo16", "start id-of-odoo16"
INTERRUPTED = "  the initialisation of openems was interrupted and starts again"


def test_a_snapshot_is_restored_and_odoo_may_take_longer_than_the_step(world: World) -> None:
    world.restored = True
    asked = threading.Event()
    world.odoo.answers = lambda: asked.wait(LONG_S)
    assert world.start().endswith(", Odoo restored from a snapshot")
    assert world.database.is_initialised()
    assert world.database.odoo_lets_in(), "nobody waits for it only to look"
    asked.set()
    world.settle()
    assert (world.did, world.noted) == (["restore"], "made openems")


def test_a_restored_odoo_gets_the_password_of_the_backend(world: World) -> None:
    world.restored = True
    world.odoo.lets_in = lambda: False
    world.odoo.set_passwords = lambda: world.did.append("set")
    world.start()
    world.settle()
    assert world.did == ["restore", "set"]


def test_a_restored_odoo_that_is_no_good_is_said_where_it_is_waited_for_and_begins_again(world: World) -> None:
    world.restored = True
    world.odoo.lets_in = lambda: False
    world.odoo.set_passwords = Mock(side_effect=CommandFailed("accepts neither"))
    world.start()
    with pytest.raises(CommandFailed, match="the restored Odoo is no good: accepts neither"):
        world.settle()
    assert world.did == ["restore", "discard: accepts neither"]
    assert not world.database.is_initialised()


def test_a_restored_odoo_that_is_still_loading_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odoo_database, "_PAUSE_S", 0.0)
    world.restored = True
    world.odoo.lets_in = lambda: False
    world.odoo.set_passwords = Mock(
        side_effect=[OdooError("it does not answer"), CommandFailed("it was asked again")]
    )
    world.start()
    with pytest.raises(CommandFailed, match="it was asked again"):
        world.settle()


def test_an_odoo_that_does_not_answer_proves_nothing_of_its_snapshot(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(odoo_database, "_START_S", 0.0)
    world.restored = True
    world.odoo.lets_in = lambda: False
    world.odoo.set_passwords = Mock(side_effect=OdooError("it does not answer"))
    world.start()
    with pytest.raises(OdooError):
        world.settle()
    assert (world.did, world.noted) == (["restore"], "made openems")


def test_a_restore_that_was_interrupted_starts_again(world: World) -> None:
    world.record.note(odoo_init="restoring openems")
    world.restored = True
    world.start()
    world.settle()
    again = "  the restore of openems was interrupted and starts again"
    assert world.did == [again, "remove half", "restore"]
    assert (world.noted, world.database.is_initialised()) == ("made openems", True)


@pytest.mark.parametrize("lets_us_in", [True, False])
def test_so_it_does_although_the_server_and_odoo_run_already(
    world: World, monkeypatch: pytest.MonkeyPatch, *, lets_us_in: bool
) -> None:
    def answers(_database: object) -> bool:
        if not (lets_us_in or world.noted == "made openems"):
            raise DatabaseRefused("the password is that of the copy")
        return True

    monkeypatch.setattr(server, "answers", answers)
    world.record.note(odoo_init="restoring openems")
    world.addon, world.restored = Addon.INSTALLED, True
    assert not world.database.server_answers()
    assert not world.database.is_initialised()
    plan = world.database.find()
    assert plan.details.start == ("db", "odoo16")
    world.did.clear()
    world.database.prepare(plan)
    world.settle()
    assert world.did[1:] == ["remove half", "restore"]
    assert world.database.find().changes == ()


def test_of_a_restore_that_was_interrupted_a_purge_leaves_nothing(world: World) -> None:
    world.record.note(odoo_init="restoring openems")
    assert world.database.remove() == "the database openems"
    assert world.did == ["remove half"]


@pytest.mark.parametrize("addon", [Addon.HIDDEN, Addon.HALF, Addon.INSTALLED])
def test_an_initialisation_that_was_interrupted_starts_again_however_far_it_came(
    world: World, addon: Addon
) -> None:
    world.record.note(odoo_init="begun openems")
    world.addon = addon
    assert world.run() == [INTERRUPTED, "drop", STOP, "odoo -i openems", "take, made openems", START]
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


def test_an_odoo_that_runs_is_stopped_while_another_program_makes_or_copies_its_database(world: World) -> None:
    assert world.run() == [STOP, "odoo -i openems", "take, made openems", START]


def test_an_odoo_that_does_not_run_is_not_started_by_that(world: World) -> None:
    world.odoo_runs = False
    assert world.run() == ["odoo -i openems", "take, made openems"]


def test_beside_a_database_of_others_odoo_goes_on(world: World) -> None:
    world.addon = Addon.HALF
    assert world.run() == ["odoo -i openems"]
    assert world.noted is None
