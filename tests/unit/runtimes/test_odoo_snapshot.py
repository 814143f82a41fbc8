"""Snapshots as a platform takes and restores them; its containers are held in memory."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.adapters.docker_cli import failure
from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.checkout.project import Project
from edge_tasks.errors import CommandFailed, DatabaseRefused, FleetError, RegistrationError
from edge_tasks.fleet.record import Record
from edge_tasks.registry.odoo import fresh, server
from edge_tasks.registry.odoo.fresh import FreshOdoo
from edge_tasks.registry.odoo.server import Database
from edge_tasks.runtimes.docker.odoo_copy import OdooCopy
from edge_tasks.runtimes.docker.odoo_snapshot import OdooSnapshots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from edge_tasks.checkout.project import Service, Volume

PASSWORD = "odoo16@2022"  # noqa: S105 - of the stand-in
DATA = "/var/lib/postgresql/data"


@dataclass
class Docker:
    """Containers whose data directory is a text; ``why`` is why they refuse."""

    image_id: str = "sha256:1"
    server_id: str = "sha256:2"
    data: bytes = b""
    said: list[tuple[str, ...]] = field(default_factory=list)
    why: str = ""
    port_taken: bool = False
    files: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        self.said.append(arguments)
        if self.port_taken and arguments[0] == "start":
            raise CommandFailed("port is already allocated")
        if arguments[0] == "run":
            self.data = b""

    def images(self, names: Iterable[str]) -> dict[str, str]:
        return {name: self.image(name).id for name in names}

    def image(self, name: str) -> Image:
        of_server = name == "postgres:15"
        environment = {"PGDATA": DATA} if of_server else {}
        volumes = frozenset([DATA]) if of_server else frozenset[str]()
        return Image(id=self.server_id if of_server else self.image_id, environment=environment, volumes=volumes)

    def ask(self, *arguments: str) -> str:
        self.said.append(arguments)
        return "999:999\n"

    def has_file(self, _container: str, path: str) -> bool:
        assert path == f"{DATA}/PG_VERSION"
        return bool(self.data)

    def save(self, target: Path, *arguments: str, more: Mapping[str, str] | None = None) -> None:
        self._called(arguments)
        if "tar -C" in " ".join(arguments):
            assert more is None
            with tarfile.open(target, "w") as archive:
                for name in self.files:
                    archive.addfile(tarfile.TarInfo(f"./{name}"))
        else:
            assert more
            assert PASSWORD not in more.values()
            target.write_bytes(self.data)

    def feed(self, source: Path, *arguments: str) -> None:
        self._called(arguments)
        if arguments[0] == "cp":
            self.data = source.read_bytes()

    def _called(self, arguments: tuple[str, ...]) -> None:
        self.said.append(arguments)
        if self.why:
            raise CommandFailed(failure(arguments, 1, f"{self.why}\nand more"))


class World:
    """A platform with add-ons, and the cache of its user."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addons = folder / "addons"
        self.addons.mkdir()
        (self.addons / "device.py").write_text("class Device: ...")
        self.docker, self.lines, self.notes = Docker(), list[str](), list[str]()
        volumes: list[Volume] = [{"type": "bind", "source": str(self.addons), "target": "/mnt/extra-addons"}]
        self.odoo: Service = {"image": "odoo:16.0", "volumes": volumes}
        self.db: Service = {"image": "postgres:15", "environment": {"POSTGRES_PASSWORD": PASSWORD}}
        project = Project("p", {"odoo16": self.odoo, "db": self.db})
        self.state = "created"
        self.options = SimpleNamespace(snapshot=True, demo=False)
        self.stack: Any = SimpleNamespace(
            docker=self.docker,
            compose=SimpleNamespace(
                up=lambda services, **_how: self.docker.run("start", *services),
                create=lambda services, **_how: self.docker.run("create", *services),
                arguments=lambda *words: words,
            ),
            project=project,
            services=SimpleNamespace(odoo="odoo16", database="db", platform=("db", "odoo16")),
            database=Database("127.0.0.1", 5432, 'od"oo', PASSWORD),
            options=self.options,
            context=SimpleNamespace(
                say=self.lines.append,
                platform=SimpleNamespace(path=folder),
                state=SimpleNamespace(record=Record(folder / "record.json")),
            ),
            containers=self.containers,
            container=lambda service: next(one for one in self.containers() if one.service == service),
            hashes=lambda: {"db": {"d"}, "odoo16": {"d"}},
        )
        self.kept = KeptFiles(folder / "cache")
        self.others: tuple[str, ...] = ()
        self.databases: tuple[str, ...] = ()
        self.admin, self.taken_over = "admin", list[str]()
        monkeypatch.setattr(fresh, "look_at", lambda _database: self.fresh())
        monkeypatch.setattr(fresh, "draw_again", lambda _database: self.docker.said.append(("draw again",)))
        monkeypatch.setattr(fresh, "take_over", self.take_over)
        self.trouble: FleetError | None = None
        self.state_later = ""
        monkeypatch.setattr(server, "await_server", lambda *_arguments: self.await_server())

    def fresh(self) -> FreshOdoo:
        return FreshOdoo("15", tuple(self.docker.files), "admin", self.others, self.databases)

    @property
    def snapshots(self) -> OdooSnapshots:
        return OdooSnapshots(self.stack, self.kept)

    def containers(self) -> list[Any]:
        ids = {"db": self.docker.server_id, "odoo16": self.docker.image_id}
        return [
            SimpleNamespace(
                id=f"the-container-of-{name}",
                service=name,
                state=self.state,
                is_running=self.state == "running",
                image=ids[name],
                config_hash="d",
            )
            for name in ids
        ]

    def await_server(self) -> None:
        self.docker.said.append(("await",))
        if self.trouble:
            self.state = self.state_later or self.state
            raise self.trouble

    def take_over(self, copied: Database, ours: Database, admin: str) -> bool:
        self.docker.said.append(("take over",))
        self.taken_over.append(copied.password)
        assert ours.password == PASSWORD
        return admin == self.admin

    def take(self) -> None:
        """Keep what a running server has."""
        self.state, self.docker.data = "running", b"an initialised Odoo"
        self.snapshots.take()
        self.state, self.docker.data = "created", b""

    def restore(self, *, is_whole: bool = True) -> bool:
        """Whether a snapshot was restored."""
        self.notes.clear()
        return self.snapshots.restore(lambda: is_whole, self.notes.append)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_what_one_platform_has_initialised_the_next_one_gets(world: World) -> None:
    assert not world.restore()
    assert world.notes == []
    world.take()
    assert world.restore()
    assert (world.docker.data, world.lines) == (b"an initialised Odoo", [])
    assert world.notes == ["restoring", "made"]


def test_a_copy_is_made_while_the_server_is_stopped_and_then_it_draws_again(world: World) -> None:
    world.take()
    said = [arguments[0] for arguments in world.docker.said]
    assert said == ["exec", "stop", "run", "start", "await", "draw again"]
    (pack,) = (arguments for arguments in world.docker.said if arguments[0] == "run")
    assert {"999:999", "the-container-of-db:ro", "none"} < set(pack), "the platform's own data stay as they are"
    assert pack[-2:] == (DATA, '"od""oo"')


def test_a_server_that_was_stopped_for_a_copy_runs_again_if_that_fails(world: World) -> None:
    world.docker.why = "no space left on device"
    world.take()
    assert [arguments[0] for arguments in world.docker.said] == ["exec", "stop", "run", "start", "await"]


def test_a_server_that_does_not_run_again_after_that_is_no_matter_of_snapshots(world: World) -> None:
    world.trouble = CommandFailed("db: its container is exited")
    with pytest.raises(CommandFailed, match="db: its container is exited"):
        world.take()


def test_a_server_with_passwords_of_others_has_no_snapshot(world: World) -> None:
    world.others = ("grafana",)
    world.take()
    said = "  no snapshot of Odoo is kept: grafana can log in to PostgreSQL, too, with a password"
    assert (world.lines, world.kept.entries()) == ([said], [])


def test_a_server_with_data_of_others_has_no_snapshot_and_is_not_stopped(world: World) -> None:
    world.databases = ("customers",)
    world.take()
    said = "  no snapshot of Odoo is kept: PostgreSQL has other databases, too: customers"
    assert (world.lines, world.kept.entries()) == ([said], [])
    assert not [said for said in world.docker.said if "stop" in said]


def test_no_password_of_a_platform_is_in_a_command_or_in_the_cache(world: World) -> None:
    world.take()
    world.restore()
    assert PASSWORD not in str(world.docker.said)
    assert all(PASSWORD.encode() not in path.read_bytes() for path in world.kept.folder.rglob("*.*"))


def test_a_copy_has_a_password_of_its_own_by_which_it_is_taken_over(world: World) -> None:
    world.take()
    world.restore()
    (entry,) = world.kept.entries()
    assert world.taken_over == [(entry.folder / "password").read_text()]
    assert len(world.taken_over[0]) == 32
    assert "password" not in entry.about


def test_odoo_starts_when_the_server_is_the_platforms_own_and_then_gets_its_files(world: World) -> None:
    world.docker.files = ["ab/abcd"]
    world.take()
    world.docker.said.clear()
    assert world.restore()
    said = [" ".join(arguments) for arguments in world.docker.said]
    marks = ("cp -", "start the-container-of-db", "take over", "start the-container-of-odoo16", "tar -C")
    assert [mark for text in said for mark in marks if mark in text] == list(marks)


def test_a_data_directory_that_is_not_empty_is_left(world: World) -> None:
    world.take()
    world.docker.data = b"somebody's"
    assert not world.restore()
    assert (world.docker.data, world.notes) == (b"somebody's", [])


def test_the_data_of_a_server_that_runs_are_left(world: World) -> None:
    world.take()
    world.state = "running"
    assert not world.restore()
    assert world.notes == []


def test_what_is_left_of_an_interrupted_restore_is_removed_while_nothing_uses_it(world: World) -> None:
    world.state, world.docker.data = "running", b"half of it"
    world.stack.context.state.record.note(odoo_data="/where/it/was")
    world.snapshots.remove_half()
    assert world.docker.data == b""
    stop, remove = world.docker.said
    assert stop == ("stop", "-t", "1", "the-container-of-db", "the-container-of-odoo16")
    assert (remove[0], remove[-1]) == ("run", "/where/it/was")


@pytest.mark.parametrize("data", ["", "/"])
def test_nothing_is_removed_where_nobody_knows_what(world: World, data: str) -> None:
    world.docker.data = b"everything"
    with pytest.raises(CommandFailed, match="nobody knows where db keeps its data"):
        OdooCopy(world.stack, data).remove()
    assert world.docker.data == b"everything"


@pytest.mark.parametrize(
    ("state", "trouble", "is_kept"),
    [
        ("created", RegistrationError("it does not answer"), True),
        ("running", CommandFailed("the engine does not answer"), True),
        ("exited", CommandFailed("db: its container is exited"), False),
        ("running", DatabaseRefused("password authentication failed"), False),
    ],
)
def test_only_what_is_proved_to_be_no_good_is_removed(
    world: World, state: str, trouble: FleetError, *, is_kept: bool
) -> None:
    world.take()
    world.trouble, world.state_later = trouble, state
    assert not world.restore()
    assert bool(world.kept.entries()) is is_kept
    said = "was not restored" if is_kept else "is no good and was removed"
    assert world.lines == [f"  the snapshot of Odoo {said}: {trouble.message}"]
    assert (world.docker.data, world.notes) == (b"", ["restoring", "begun"])


def test_a_full_disk_of_the_engine_costs_no_snapshot(world: World) -> None:
    world.take()
    world.docker.why = "write /base/1/112: no space left on device"
    assert not world.restore()
    assert world.lines == [f"  the snapshot of Odoo was not restored: {world.docker.why}"]
    assert len(world.kept.entries()) == 1


@pytest.mark.parametrize("why", ["addon", "admin"])
def test_a_snapshot_that_is_not_whole_is_removed_and_nothing_of_it_stays(world: World, why: str) -> None:
    world.take()
    world.admin = "somebody" if why == "admin" else "admin"
    assert not world.restore(is_whole=False)
    reason = {"addon": "it has no openems addon", "admin": "its admin has another password than a fresh one"}[why]
    assert world.lines == [f"  the snapshot of Odoo is no good and was removed: {reason}"]
    assert (world.kept.entries(), world.docker.data, world.notes) == ([], b"", ["restoring", "begun"])


def test_a_container_that_cannot_start_costs_no_snapshot(world: World) -> None:
    world.take()
    world.docker.port_taken = True
    with pytest.raises(CommandFailed, match="port is already allocated"):
        world.restore()
    assert (len(world.kept.entries()), world.lines) == (1, [])
    assert world.notes == ["restoring"], "the next run begins again"


CHANGES = ["image", "add-ons", "demo", "server", "setting", "role"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_snapshot_of_something_else_is_not_used(world: World, change: str) -> None:
    world.take()
    if change == "image":
        world.docker.image_id = "sha256:3"
    elif change == "add-ons":
        (world.addons / "device.py").write_text("class Device: pass")
    elif change == "demo":
        world.options.demo = True
    elif change == "server":
        world.docker.server_id = "sha256:3"
    elif change == "setting":
        world.db["environment"] = {"POSTGRES_INITDB_ARGS": "--locale=C"}
    else:
        world.stack.database = replace(world.stack.database, user="another")
    assert not world.restore()
    assert (world.docker.data, world.lines) == (b"", [])
    assert len(world.kept.entries()) == 1


def test_a_platform_with_another_password_has_the_same_snapshot(world: World) -> None:
    world.take()
    world.db["environment"] = {"POSTGRES_PASSWORD": "another"}
    assert world.restore()


def test_a_server_whose_data_are_in_no_volume_has_no_snapshot(world: World) -> None:
    world.db["environment"] = {"PGDATA": "/elsewhere"}
    world.take()
    assert world.lines == ["  no snapshot of Odoo is used: db has no volume for /elsewhere"]
    assert world.kept.entries() == []


@pytest.mark.parametrize(
    "service",
    [{"tmpfs": [f"{DATA}:size=1g"]}, {"volumes": [{"type": "tmpfs", "target": DATA}]}],
    ids=["tmpfs", "a volume"],
)
def test_a_server_whose_data_are_in_memory_is_not_stopped_and_has_no_snapshot(
    world: World, service: dict[str, Any]
) -> None:
    cast("dict[str, Any]", world.db).update(service)
    world.take()
    assert world.lines == [f"  no snapshot of Odoo is used: db has no volume for {DATA}"]
    assert not [said for said in world.docker.said if "stop" in said]


def test_a_snapshot_that_docker_refuses_is_removed_and_said_once(world: World) -> None:
    world.take()
    world.docker.why = "unexpected EOF"
    assert not world.restore()
    assert not world.restore()
    assert world.lines == [f"  the snapshot of Odoo is no good and was removed: {world.docker.why}"]
    assert world.kept.entries() == []


def test_a_damaged_snapshot_is_removed_and_said_once(world: World) -> None:
    world.take()
    (entry,) = world.kept.entries()
    (entry.folder / "cluster.tar.gz").write_bytes(b"an initialised")
    assert not world.restore()
    assert not world.restore()
    assert world.lines == [f"  the snapshot of Odoo is no good and was removed: {entry.folder} is damaged"]
    assert world.docker.data == b""


def test_a_full_disk_keeps_no_snapshot_and_hinders_nothing(world: World) -> None:
    world.docker.why = "write /dev/stdout: no space left on device"
    world.take()
    assert world.lines == [f"  no snapshot of Odoo is kept: {world.docker.why}"]
    assert list(world.kept.folder.iterdir()) == []


def test_a_cache_that_cannot_be_written_hinders_nothing(world: World) -> None:
    world.kept.folder.write_text("a file where the cache should be")
    world.take()
    assert len(world.lines) == 1
    assert "no snapshot of Odoo is kept" in world.lines[0]
    assert not world.restore()


def test_people_may_do_without(world: World) -> None:
    world.options.snapshot = False
    world.take()
    assert not world.kept.folder.exists()
    world.options.snapshot = True
    world.take()
    world.options.snapshot = False
    assert not world.restore()


def test_add_ons_that_cannot_be_read_have_no_snapshot(world: World) -> None:
    world.addons.joinpath("device.py").unlink()
    world.addons.rmdir()
    world.take()
    assert world.lines
    assert world.kept.entries() == []
