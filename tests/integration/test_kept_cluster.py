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
from edge_tasks.runtimes.embedded import postgres_server
from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
from tests.integration.test_embedded_server import ask, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = (
    "import sys; from pathlib import Path;"
    "from edge_tasks.adapters.kept_files import KeptFiles;"
    "from edge_tasks.runtimes.embedded.postgres_server import PostgresServer as P;"
    "d, p, c = sys.argv[1:]; P(Path(d), int(p), 'odoo', 'pass', KeptFiles(Path(c))).start()"
)

SECRET = "pass 'word\"\\"  # noqa: S105 - of a server that lives for seconds


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    return KeptFiles(tmp_path / "cache")


@contextmanager
def running(folder: Path, kept: KeptFiles, password: str = SECRET) -> Iterator[PostgresServer]:
    server = PostgresServer(folder / "data", free_port(), "odoo", password, kept)
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
    monkeypatch.setattr(postgres_server, "run_initdb", run_initdb_is_refused)
    with running(tmp_path / "two", kept, 'it\'s "two"') as two:
        assert ask(two, "SHOW data_checksums") == "on"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(PostgresServer(two.data, two.port, two.user, "secret of one"), "SELECT 1")
        assert b"it's" not in two.log.read_bytes()


@pytest.mark.parametrize("change", ["cut off", "another tar", "not a data directory"])
def test_one_that_is_damaged_is_replaced(tmp_path: Path, kept: KeptFiles, change: str) -> None:
    with running(tmp_path / "one", kept):
        pass
    (entry,) = kept.entries()
    damage(entry.folder, kept, change)
    with running(tmp_path / "two", kept) as two:
        assert ask(two, "SELECT current_user") == "odoo"
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
        assert [process.wait() for process in started] == [0, 0]
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
