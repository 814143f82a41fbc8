"""Snapshots as a platform takes and restores them; its containers are held in memory."""

from __future__ import annotations

import tarfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.adapters.docker_cli import failure
from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.checkout.project import Project
from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.docker.odoo_snapshot import OdooSnapshots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.checkout.project import Service, Volume

PASSWORD = "odoo16@2022"  # noqa: S105 - of the stand-in


@dataclass
class Docker:
    """Containers whose database is a text; ``why`` is why they refuse."""

    image_id: str = "sha256:1"
    database: bytes = b"an initialised Odoo"
    restored: list[bytes] = field(default_factory=list)
    said: list[tuple[str, ...]] = field(default_factory=list)
    why: str = ""
    told_database: str = "no\n"
    removed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        self.removed.append(arguments[-1])

    def image(self, _name: str) -> Image:
        return Image(id=self.image_id)

    def ask(self, *arguments: str, more: Mapping[str, str] | None = None) -> str:
        self.said.append(arguments)
        if arguments[-1] == "--version":
            return "pg_dump (PostgreSQL) 15.8 (Debian 15.8-1)\n"
        if "db_name" in " ".join(arguments):
            return self.told_database
        assert more == {"PGPASSWORD": PASSWORD}
        query = arguments[-1]
        if "SELECT DISTINCT store_fname" in query:
            return "\n".join(self.files)
        count = f"{len(self.files)}\n"
        return "C|C.UTF-8\n" if "datcollate" in query else count if "information_schema" in query else ""

    def save(self, target: Path, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        self._called(arguments, more)
        if target.suffix == ".tar":
            with tarfile.open(target, "w") as archive:
                for name in self.files:
                    archive.addfile(tarfile.TarInfo(f"./{name}"))
        else:
            target.write_bytes(self.database)

    def feed(self, source: Path, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        self._called(arguments, more)
        self.restored.append(source.read_bytes())

    def _called(self, arguments: tuple[str, ...], more: Mapping[str, str] | None) -> None:
        assert more == (None if "tar -C" in " ".join(arguments) else {"PGPASSWORD": PASSWORD})
        self.said.append(arguments)
        if self.why:
            raise CommandFailed(failure(arguments, 1, f"{self.why}\nand more"))


class World:
    """A platform with add-ons, and the cache of its user."""

    def __init__(self, folder: Path) -> None:
        self.addons = folder / "addons"
        self.addons.mkdir()
        (self.addons / "device.py").write_text("class Device: ...")
        self.docker, self.lines = Docker(), list[str]()
        volumes: list[Volume] = [{"type": "bind", "source": str(self.addons), "target": "/mnt/extra-addons"}]
        self.odoo: Service = {"image": "odoo:16.0", "volumes": volumes}
        project = Project("p", {"odoo16": self.odoo, "db": {}})
        self.started: list[str] = []
        self.port_taken = False
        self.options = SimpleNamespace(snapshot=True, demo=False)
        platform = SimpleNamespace(path=folder)
        stack: Any = SimpleNamespace(
            docker=self.docker,
            compose=SimpleNamespace(up=lambda services, **_how: self.start(services)),
            project=project,
            services=SimpleNamespace(odoo="odoo16", database="db", platform=("db", "odoo16")),
            database=SimpleNamespace(user="odoo", password=PASSWORD, name="openems"),
            options=self.options,
            context=SimpleNamespace(
                say=self.lines.append, platform=platform, waiting=lambda _what: nullcontext()
            ),
            container=lambda service: SimpleNamespace(
                id=f"the-container-of-{service}", is_running=service == "db" or service in self.started
            ),
        )
        self.kept = KeptFiles(folder / "cache")
        self.snapshots = OdooSnapshots(stack, self.kept)
        stack.compose.arguments = lambda *words: words

    def start(self, services: Sequence[str]) -> None:
        if self.port_taken:
            raise CommandFailed("port is already allocated")
        self.started.extend(services)

    def restore(self, *, is_whole: bool = True, starts_odoo: bool = False) -> bool:
        """Whether a snapshot was restored."""
        return self.snapshots.restore(lambda: is_whole, starts_odoo=starts_odoo) is not None


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_one_platform_has_initialised_the_next_one_gets(world: World) -> None:
    assert not world.restore()
    world.snapshots.take()
    assert world.restore()
    assert world.docker.restored == [b"an initialised Odoo"]
    assert world.lines == []


def test_what_odoo_draws_by_lot_is_drawn_again_after_taking_and_after_restoring(world: World) -> None:
    def renewals() -> int:
        return sum("database.secret" in arguments[-1] for arguments in world.docker.said)

    world.snapshots.take()
    assert (renewals(), "database.secret" in world.docker.said[-1][-1]) == (1, True)
    world.restore()
    assert renewals() == 2


def test_no_password_is_in_a_command_or_in_the_cache(world: World) -> None:
    world.snapshots.take()
    world.restore()
    assert PASSWORD not in str(world.docker.said)
    assert all(PASSWORD.encode() not in path.read_bytes() for path in world.kept.folder.rglob("*.*"))


def test_odoo_starts_while_its_database_is_restored(world: World) -> None:
    world.snapshots.take()
    restored = world.snapshots.restore(lambda: True, starts_odoo=True)
    assert restored is not None
    assert restored.has_odoo
    assert world.started == ["odoo16"]


@pytest.mark.parametrize("words", [["-d", "openems"], ["--database=openems"], ["-c", "/my.conf"], ["-i", "base"]])
def test_an_odoo_that_may_begin_to_make_its_database_starts_afterwards(world: World, words: list[str]) -> None:
    world.snapshots.take()
    world.odoo["command"] = words
    restored = world.snapshots.restore(lambda: True, starts_odoo=True)
    assert restored is not None
    assert not restored.has_odoo
    assert world.started == []


def test_an_odoo_whose_configuration_names_its_database_starts_afterwards(world: World) -> None:
    world.docker.told_database = "yes\n"
    world.snapshots.take()
    assert world.restore(starts_odoo=True)
    assert world.started == []


def test_a_snapshot_without_the_addon_is_removed_and_its_odoo_is_left_to_the_caller(world: World) -> None:
    world.snapshots.take()
    assert not world.restore(is_whole=False, starts_odoo=True)
    assert world.docker.removed == []
    assert world.lines == ["  the snapshot of Odoo is no good and was removed: it has no openems addon"]
    assert world.kept.entries() == []


def test_an_odoo_that_cannot_start_costs_no_snapshot(world: World) -> None:
    world.snapshots.take()
    world.port_taken = True
    with pytest.raises(CommandFailed, match="port is already allocated"):
        world.restore(starts_odoo=True)
    assert len(world.kept.entries()) == 1
    assert world.lines == []


def test_odoo_sees_what_is_restored_only_after_its_secrets_are_drawn_and_its_files_are_there(
    world: World,
) -> None:
    world.docker.files = ["ab/abcd"]
    world.snapshots.take()
    world.docker.said.clear()
    assert world.restore()
    marks = ("IS_TEMPLATE true", "database.secret", "tar -C", "IS_TEMPLATE false")
    said = [" ".join(arguments) for arguments in world.docker.said]
    assert [mark for text in said for mark in marks if mark in text] == list(marks)


@pytest.mark.parametrize("change", ["image", "add-ons", "demo"])
def test_a_snapshot_of_something_else_is_not_used(world: World, change: str) -> None:
    world.snapshots.take()
    if change == "image":
        world.docker.image_id = "sha256:2"
    elif change == "add-ons":
        (world.addons / "device.py").write_text("class Device: pass")
    else:
        world.options.demo = True
    assert not world.restore()
    assert (world.docker.restored, world.lines) == ([], [])
    assert len(world.kept.entries()) == 1


def test_a_snapshot_that_the_server_refuses_is_removed_and_said_once(world: World) -> None:
    world.snapshots.take()
    world.docker.why = "pg_restore: error: unsupported version in file header"
    assert not world.restore()
    assert not world.restore()
    assert world.lines == [f"  the snapshot of Odoo is no good and was removed: {world.docker.why}"]
    assert world.kept.entries() == []


def test_a_damaged_snapshot_is_removed_and_said_once(world: World) -> None:
    world.snapshots.take()
    (entry,) = world.kept.entries()
    (entry.folder / "database.dump").write_bytes(b"an initialised")
    assert not world.restore()
    assert not world.restore()
    assert world.lines == [f"  the snapshot of Odoo is no good and was removed: {entry.folder} is damaged"]
    assert world.docker.restored == []


def test_a_full_disk_keeps_no_snapshot_and_hinders_nothing(world: World) -> None:
    world.docker.why = "write /dev/stdout: no space left on device"
    world.snapshots.take()
    assert world.lines == [f"  no snapshot of Odoo is kept: {world.docker.why}"]
    assert list(world.kept.folder.iterdir()) == []


def test_a_cache_that_cannot_be_written_hinders_nothing(world: World) -> None:
    world.kept.folder.write_text("a file where the cache should be")
    world.snapshots.take()
    assert len(world.lines) == 1
    assert "no snapshot of Odoo is kept" in world.lines[0]
    assert not world.restore()


def test_people_may_do_without(world: World) -> None:
    world.options.snapshot = False
    world.snapshots.take()
    assert not world.kept.folder.exists()
    world.options.snapshot = True
    world.snapshots.take()
    world.options.snapshot = False
    assert not world.restore()


def test_add_ons_that_cannot_be_read_have_no_snapshot(world: World) -> None:
    world.addons.joinpath("device.py").unlink()
    world.addons.rmdir()
    world.snapshots.take()
    assert world.lines
    assert world.kept.entries() == []
