"""Real servers whose data directories are kept for the next ones; the cache may be damaged, shared or full."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.adapters.postgresql import connect
from edge_tasks.registry.odoo.server import Database
from edge_tasks.registry.odoo.table import has_table
from edge_tasks.runtimes.embedded import new_cluster, postgres_server
from edge_tasks.runtimes.embedded.new_cluster import TO_REPLACE
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from edge_tasks.runtimes.embedded.schema import set_password, statements
from tests.integration.test_embedded_server import ask
from tests.ports import free_port
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = (
    "import sys; from pathlib import Path;"
    "from edge_tasks.adapters.kept_files import KeptFiles;"
    "from edge_tasks.runtimes.embedded.postgres_server import PostgresServer as P;"
    "from edge_tasks.runtimes.embedded.schema import statements;"
    "d, p, c = sys.argv[1:];"
    "P(Path(d), int(p), 'odoo', 'pass', KeptFiles(Path(c)), 'openems', statements).start()"
)

SECRET = "pass 'word\"\\"  # noqa: S105 - of a server that lives for seconds


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    return KeptFiles(tmp_path / "cache")


@contextmanager
def running(
    folder: Path, kept: KeptFiles, password: str = SECRET, said: list[str] | None = None
) -> Iterator[PostgresServer]:
    say = (lambda _line: None) if said is None else said.append
    server = PostgresServer(folder / "data", free_port(), "odoo", password, kept, "openems", statements, say)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def run_initdb_is_refused(*_arguments: object) -> None:
    raise AssertionError("initdb was run, although its result is kept")


def test_the_next_server_is_made_of_what_is_kept_and_has_a_password_of_its_own(
    tmp_path: Path, kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "one", kept, "secret of one") as one:
        assert ask(one, "SELECT current_user") == "odoo"
    (entry,) = kept.entries()
    assert {path.stat().st_mode & 0o777 for path in entry.folder.iterdir()} == {0o600}
    monkeypatch.setattr(new_cluster, "run_initdb", run_initdb_is_refused)
    with running(tmp_path / "two", kept, 'it\'s "two"') as two:
        assert ask(two, "SHOW data_checksums") == "on"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(PostgresServer(two.data, two.port, two.user, "secret of one"), "SELECT 1")
        assert has_table(Database("127.0.0.1", two.port, two.user, two.password))
        assert not (two.data / TO_REPLACE).exists()


def test_a_run_that_was_killed_before_it_had_set_its_password_does_so_the_next_time(
    tmp_path: Path, kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_arguments: object) -> None:
        raise KeyboardInterrupt

    server = PostgresServer(tmp_path / "data", free_port(), "odoo", SECRET, kept)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(postgres_server, "set_password", end)
            with pytest.raises(KeyboardInterrupt):
                server.start()
        server.start()
        assert ask(server, "SELECT current_user") == "odoo"
        assert not (server.data / TO_REPLACE).exists()
    finally:
        server.stop()


def test_no_log_has_a_password_even_if_the_server_notes_each_statement(tmp_path: Path, kept: KeptFiles) -> None:
    with running(tmp_path, kept, "the first one") as server:
        with connect(
            "127.0.0.1", server.port, ("odoo", server.password), "postgres", autocommit=True
        ) as connection:
            connection.execute("ALTER SYSTEM SET log_statement = 'all'")
            connection.execute("SELECT pg_reload_conf()")
        set_password("127.0.0.1", server.port, "odoo", "the first one", "the second one")
        logged = server.log.read_text(encoding="utf-8")
        assert "ALTER ROLE" in logged
        assert "the second one" not in logged
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(server, "SELECT 1")


@pytest.mark.parametrize("change", ["cut off", "another tar", "not a data directory"])
def test_one_that_is_damaged_is_replaced(tmp_path: Path, kept: KeptFiles, change: str) -> None:
    with running(tmp_path / "one", kept):
        pass
    (entry,) = kept.entries()
    damage(entry.folder, kept, change)
    said: list[str] = []
    with running(tmp_path / "two", kept, said=said) as two:
        assert ask(two, "SELECT current_user") == "odoo"
    assert ["no good and was removed" in line for line in said] == [True]
    (again,) = kept.entries()
    assert (again.folder / "data.tar").stat().st_size > 1_000_000


def damage(folder: Path, kept: KeptFiles, change: str) -> None:
    """Cut the file off, or put something whole in its place that is none of ours."""
    file, key = folder / "data.tar", folder.name
    if change == "cut off":
        file.write_bytes(file.read_bytes()[:-1])
        return
    about = kept.entries()[0].about
    kept.remove(key)
    with kept.adding(key, about) as new:
        (new.folder / "PG_VERSION").write_text("18\n")
        other = new.folder / "data.tar"
        if change == "another tar":
            other.write_bytes(b"this is no tar file")
        else:
            subprocess.run(["tar", "-C", str(new.folder), "-cf", str(other), "PG_VERSION"], check=True)


@pytest.mark.parametrize("is_full_of", ["nothing", "what one has kept"])
def test_two_set_ups_at_once_do_not_disturb_each_other(tmp_path: Path, kept: KeptFiles, is_full_of: str) -> None:
    if is_full_of != "nothing":
        with running(tmp_path / "before", kept):
            pass
    servers = [PostgresServer(tmp_path / name / "data", free_port(), "odoo", "pass") for name in ("one", "two")]
    words = [[str(server.data), str(server.port), str(kept.folder)] for server in servers]
    started = [subprocess.Popen([sys.executable, "-c", START, *arguments]) for arguments in words]
    try:
        assert [process.wait(2 * LONG_S) for process in started] == [0, 0]
        assert [ask(server, "SELECT current_user") for server in servers] == ["odoo", "odoo"]
        assert len(list(kept.folder.iterdir())) == 1
    finally:
        for server in servers:
            server.stop()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[KeptFiles]:
    """A cache on a disk of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(folder)], check=True)
    yield KeptFiles(folder / "cache")
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_on_a_full_disk_nothing_is_kept_and_nothing_else_fails(tmp_path: Path, full: KeptFiles) -> None:
    for name in ("one", "two"):
        with running(tmp_path / name, full) as server:
            assert ask(server, "SELECT current_user") == "odoo"
        assert list(full.folder.iterdir()) == []


def test_what_cannot_be_filled_beforehand_is_not_kept_and_hinders_nothing(
    tmp_path: Path, kept: KeptFiles
) -> None:
    half = "CREATE TABLE openems_device ();\n\nNONSENSE"
    server = PostgresServer(tmp_path / "data", free_port(), "odoo", SECRET, kept, "openems", lambda: half)
    server.start()
    try:
        assert ask(server, "SELECT current_user") == "odoo"
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'openems'") == "0"
        assert kept.entries() == []
    finally:
        server.stop()
