"""Data directories that are kept and whole, and with which a server does not work all the same."""

from __future__ import annotations

import shutil
import socket
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.errors import CommandFailed
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.embedded import new_cluster, postgres_server
from edge_tasks.runtimes.embedded.database import EmbeddedDatabase
from edge_tasks.runtimes.embedded.new_cluster import TO_REPLACE
from edge_tasks.runtimes.embedded.postgres_programs import run_initdb
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.processes import Processes
from edge_tasks.runtimes.embedded.schema import statements
from tests.integration.test_embedded_server import ask
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NO_GOOD = "  the snapshot of PostgreSQL is no good and was removed: "


def server_in(folder: Path, kept: KeptFiles, said: list[str]) -> PostgresServer:
    return PostgresServer(folder / "data", free_port(), "odoo", "ours", kept, "openems", statements, said.append)


def start_and_stop(server: PostgresServer) -> None:
    try:
        server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that has one which is good."""
    folder = tmp_path_factory.mktemp("good")
    start_and_stop(server_in(folder, KeptFiles(folder / "cache"), []))
    return folder / "cache"


@pytest.fixture
def kept(good: Path, tmp_path: Path) -> KeptFiles:
    return KeptFiles(shutil.copytree(good, tmp_path / "cache"))


def change(kept: KeptFiles, folder: Path, damage: Callable[[Path], object]) -> None:
    """Keep it once more, whole, with a change of what is in it."""
    (entry,) = kept.entries()
    key, about = entry.folder.name, entry.about
    data = folder / "changed"
    data.mkdir()
    subprocess.run(["tar", "-C", str(data), "-xf", str(entry.folder / "data.tar")], check=True)
    damage(data)
    kept.remove(key)
    with kept.adding(key, about) as new:
        subprocess.run(["tar", "-C", str(data), "-cf", str(new.folder / "data.tar"), "."], check=True)


def cut_control_file(data: Path) -> None:
    (data / "global" / "pg_control").write_bytes(b"\0" * 8192)


def note_another_version(data: Path) -> None:
    (data / "PG_VERSION").write_text("17\n", encoding="ascii")


def open_to_all(data: Path) -> None:
    data.chmod(0o755)


def lose_the_database(data: Path) -> None:
    shutil.rmtree(max((data / "base").iterdir(), key=lambda folder: int(folder.name)))


def lose_its_tables(data: Path) -> None:
    database = max((data / "base").iterdir(), key=lambda folder: int(folder.name))
    for file in database.iterdir():
        if file.name.isdigit() and int(file.name) >= int(database.name):
            file.unlink()


def note_another_password(data: Path) -> None:
    (data / TO_REPLACE).write_text("of another server", encoding="ascii")


def note_no_password(data: Path) -> None:
    (data / TO_REPLACE).write_bytes(b"\xff\0")


@pytest.mark.parametrize(
    "damage",
    [
        cut_control_file,
        note_another_version,
        open_to_all,
        lose_the_database,
        lose_its_tables,
        note_another_password,
        note_no_password,
    ],
)
def test_one_with_which_no_server_works_is_thrown_away_and_another_one_is_made(
    tmp_path: Path, kept: KeptFiles, damage: Callable[[Path], object]
) -> None:
    change(kept, tmp_path, damage)
    (entry,) = kept.entries()
    bad = (entry.folder / "data.tar").read_bytes()
    said: list[str] = []
    server = server_in(tmp_path, kept, said)
    try:
        server.start()
        assert ask(server, "SELECT current_user") == "odoo"
    finally:
        server.stop()
    assert [line.startswith(NO_GOOD) and len(line) > len(NO_GOOD) for line in said] == [True]
    assert bad not in [(entry.folder / "data.tar").read_bytes() for entry in kept.entries()]


def test_one_stays_if_another_program_has_the_port(tmp_path: Path, kept: KeptFiles) -> None:
    said: list[str] = []
    server = server_in(tmp_path, kept, said)
    with socket.create_server(("127.0.0.1", server.port)), pytest.raises(CommandFailed, match="not become ready"):
        server.start()
    assert (said, len(kept.entries())) == ([], 1)
    start_and_stop(server)
    assert (said, len(kept.entries())) == ([], 1)


def test_one_stays_if_one_that_is_new_is_no_better(
    tmp_path: Path, kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "_SETTINGS", (("max_connections", "none"),))
    said: list[str] = []
    with pytest.raises(CommandFailed, match="not become ready"):
        server_in(tmp_path, kept, said).start()
    assert (said, len(kept.entries())) == ([], 1)


def test_where_nothing_was_restored_initdb_is_not_run_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []

    def counted(command: list[str], log: Path) -> None:
        runs.append(command[-1])
        run_initdb(command, log)

    monkeypatch.setattr(new_cluster, "run_initdb", counted)
    monkeypatch.setattr(postgres_server, "_SETTINGS", (("max_connections", "none"),))
    with pytest.raises(CommandFailed, match="not become ready"):
        server_in(tmp_path, KeptFiles(tmp_path / "cache"), []).start()
    assert len(runs) == 1


def test_what_somebody_has_worked_with_is_never_thrown_away(tmp_path: Path, kept: KeptFiles) -> None:
    said: list[str] = []
    server = server_in(tmp_path, kept, said)
    start_and_stop(server)
    cut_control_file(server.data)
    with pytest.raises(CommandFailed, match="not become ready"):
        server.start()
    assert (server.data / "global" / "pg_control").read_bytes() == b"\0" * 8192
    assert (said, len(kept.entries())) == ([], 1)


def test_a_database_that_is_not_taken_over_is_not_ready(tmp_path: Path, kept: KeptFiles) -> None:
    processes = Processes(tmp_path, Fleet("id", b"secret", 1, port_offset=free_port() - 15432), 0, "", "2024.7.0")
    database = EmbeddedDatabase(processes)
    server = replace(processes.server, kept=kept)
    found = []
    try:
        server.start()
        found.append(database.is_ready)
        (server.data / TO_REPLACE).write_text("as if that run had been killed", encoding="ascii")
        found.append(database.is_ready)
        server.start()
        found.append(database.is_ready)
    finally:
        server.stop()
    assert found == [True, False, True]
