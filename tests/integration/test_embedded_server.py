"""A server's whole life, in a folder with blanks, quotes and more in its name."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from edge_tasks.errors import CommandFailed, MissingTool, NotWritable, SettingsError
from edge_tasks.runtimes.embedded.postgres_programs import unprivileged
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.postmaster import postmaster_of
from tests.ports import free_port
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    made = PostgresServer(tmp_path / "a b" / 'it\'s "$HOME" Größe', free_port(), "odoo", "pass 'word\"")
    yield made
    made.stop()


def ask(server: PostgresServer, question: str) -> str:
    with psycopg.connect(
        host="127.0.0.1", port=server.port, user=server.user, password=server.password, dbname="postgres"
    ) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return str(row[0])


@contextmanager
def starting(server: PostgresServer) -> Iterator[subprocess.Popen[bytes]]:
    """Another Python process that starts the server."""
    code = (
        "import sys; from pathlib import Path; "
        "from edge_tasks.runtimes.embedded.postgres_server import PostgresServer as P;"
        "d, p, u, w = sys.argv[1:]; P(Path(d), int(p), u, w).start()"
    )
    words = (server.data, server.port, server.user, server.password)
    server.data.parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([sys.executable, "-c", code, *map(str, words)]) as process:
        yield process


def test_start_and_stop_are_idempotent_and_keep_the_data(server: PostgresServer) -> None:
    assert not server.is_running()
    server.stop()
    server.start()
    server.start()
    assert server.is_running()
    assert ask(server, "SELECT lo_put(lo_create(4711), 0, 'seven') IS NOT NULL") == "True"
    server.stop()
    assert not server.is_running()
    server.start()
    assert ask(server, "SELECT convert_from(lo_get(4711), 'UTF8')") == "seven"


def test_it_listens_on_the_loopback_only_and_asks_for_the_password(server: PostgresServer) -> None:
    server.start()
    assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server, "SHOW unix_socket_directories") == ""
    assert ask(server, "SHOW synchronous_commit") == "off"
    assert ask(server, "SHOW fsync") == "on"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(PostgresServer(server.data, server.port, server.user, "wrong"), "SELECT 1")


def test_nothing_is_left_beside_the_data_and_nobody_else_may_read_it(server: PostgresServer) -> None:
    server.start()
    beside = {path.name for path in server.data.parent.iterdir()}
    assert beside == {server.data.name, server.log.name}
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.log.stat().st_mode) == 0o600
    assert server.password not in repr(server)


def test_a_killed_initdb_is_swept_up(server: PostgresServer) -> None:
    half = server.data.with_name(server.data.name + ".0123.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    left = server.data.with_name(server.data.name + ".0123.pw")
    left.write_text("secret")
    server.start()
    assert server.is_running()
    assert not half.exists()
    assert not left.exists()


def test_a_directory_of_another_version_or_owner_is_refused(server: PostgresServer) -> None:
    server.data.mkdir(parents=True)
    (server.data / "letter.txt").write_text("dear diary")
    with pytest.raises(SettingsError, match="not empty"):
        server.start()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(SettingsError, match="made by PostgreSQL 15"):
        server.start()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable, match="file"):
        PostgresServer(tmp_path / "file" / "data", free_port(), "odoo", "x").start()


def test_a_relative_path_means_the_callers_directory(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.data.parent.mkdir(exist_ok=True)
    monkeypatch.chdir(server.data.parent)
    PostgresServer(Path(server.data.name), server.port, server.user, server.password).start()
    assert server.is_running()


def test_a_taken_port_fails_with_the_logs_last_words(server: PostgresServer) -> None:
    with socket.create_server(("127.0.0.1", server.port)), pytest.raises(CommandFailed, match="in use") as caught:
        server.start()
    assert str(server.log) in caught.value.hint
    assert not server.is_running()
    server.start()


def test_another_port_is_moved_to(server: PostgresServer) -> None:
    server.start()
    moved = PostgresServer(server.data, free_port(), server.user, server.password)
    moved.start()
    assert ask(moved, "SHOW port") == str(moved.port)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        ask(server, "SELECT 1")


@pytest.mark.parametrize("reused", [False, True], ids=["nobody waited for it", "its pid is another's"])
def test_a_killed_server_starts_again(server: PostgresServer, *, reused: bool) -> None:
    server.start()
    killed = postmaster_of(server.data)
    assert killed is not None
    for process in (killed, *killed.children(recursive=True)):
        process.kill()
    psutil.wait_procs([killed], LONG_S)
    file = server.data / "postmaster.pid"
    with subprocess.Popen([*unprivileged(), "sleep", "60"]) as other:
        if reused:
            file.write_text(file.read_text().replace(str(killed.pid), str(other.pid), 1))
        assert not server.is_running()
        server.start()
        assert ask(server, "SELECT 1") == "1"
        assert other.poll() is None
        other.kill()


def test_a_run_that_was_killed_with_initdb_still_at_work_is_no_hindrance(server: PostgresServer) -> None:
    with starting(server) as killed:
        await_that(
            lambda: bool(list(server.data.parent.glob("*.new"))) or killed.poll() is not None, every_s=0.01
        )
        killed.kill()
    server.start()
    assert ask(server, "SELECT 1") == "1"


def test_a_foreign_process_is_never_taken_for_the_server(server: PostgresServer) -> None:
    server.data.mkdir(parents=True)
    for pid in (str(os.getpid()), "999999999", "-1", "", "text"):
        (server.data / "postmaster.pid").write_text(pid + "\n")
        assert not server.is_running()
        server.stop()


def test_another_servers_pid_is_not_ours(server: PostgresServer, postgres: PostgresServer) -> None:
    server.data.mkdir(parents=True)
    (server.data / "postmaster.pid").write_text((postgres.data / "postmaster.pid").read_text())
    assert not server.is_running()
    server.stop()
    assert postgres.is_running()
    (server.data / "postmaster.pid").unlink()


def test_it_outlives_the_process_that_started_it(server: PostgresServer) -> None:
    with starting(server) as process:
        assert process.wait(LONG_S) == 0
    assert ask(server, "SELECT 1") == "1"


def test_root_without_setpriv_is_told_what_to_do(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingTool) as caught:
        server.start()
    assert "ordinary user" in caught.value.hint
