from __future__ import annotations

import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest

from tests.inv import ROOT, inv
from tests.waiting import await_that

if TYPE_CHECKING:
    from pathlib import Path


def said(platform: Any, *arguments: str, code: int = 0) -> str:
    done = platform.inv(*arguments)
    assert done.returncode == code, done.stdout
    assert "Traceback" not in done.stdout
    return str(done.stdout)


def started(platform: Any, *arguments: str) -> subprocess.Popen[bytes]:
    command = inv(*arguments, *platform.options)
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sql(platform: Any, query: str) -> list[Any]:
    password = (platform.path / ".edge-tasks" / "pgpass").read_text().strip().rpartition(":")[2]
    where = {"host": "127.0.0.1", "port": 15432 + platform.offset, "dbname": "openems"}
    with psycopg.connect(user="odoo", password=password, **where) as connection:
        cursor = connection.execute(query.encode())
        return list(cursor.fetchall()) if cursor.description else []


def apikey(platform: Any, index: int) -> str:
    [file] = (platform.path / "openems-edge" / f"config-edge{index}" / "Controller" / "Api" / "Backend").iterdir()
    found = re.search('apikey="([A-Za-z0-9]{20})"', file.read_text())
    assert found
    return found[1]


def test_no_key_is_told_and_no_file_is_open_to_others(platform: Any) -> None:
    told = said(platform, "setup", "--edges", "2") + said(platform, "status", "--json") + said(platform, "plan")
    state = platform.path / ".edge-tasks"
    told += "".join(path.read_text() for path in state.glob("*.log"))
    told += " ".join(" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    assert not [key for key in (apikey(platform, 0), apikey(platform, 1)) if key in told]
    edges = platform.path / "openems-edge"
    private = [path for path in edges.glob("config-edge*/**/*") if path.is_file()]
    private += [*edges.glob("config-edge*"), state, *state.glob("*")]
    assert not [path for path in private if path.stat().st_mode & 0o077]


def test_growth_beyond_the_reserve_says_that_the_backend_reads_again(platform: Any) -> None:
    said(platform, "setup", "--edges", "1", "--reserve", "0")
    grown = said(platform, "setup", "--edges", "3")
    assert "the backend reads its devices again; all edges reconnect" in grown
    assert "3 online" in grown


def test_new_keys_are_made_on_purpose_and_all_come_back(platform: Any) -> None:
    assert "2 online" in said(platform, "verify", "--edges", "2")
    before = apikey(platform, 0)
    assert "2 online" in said(platform, "rotate-keys")
    assert apikey(platform, 0) != before


def test_a_foreign_row_is_refused_until_it_is_adopted(platform: Any) -> None:
    said(platform, "setup", "--edges", "1", "--reserve", "0")
    sql(platform, "INSERT INTO openems_device (name, apikey, comment) VALUES ('edge1', 'THEIRS', 'Miller')")
    refused = said(platform, "setup", "--edges", "2", code=5)
    assert "Miller" in refused
    assert "THEIRS" not in refused
    assert "2 online" in said(platform, "setup", "--edges", "2", "--adopt")


@pytest.mark.parametrize("seconds", [0.5, 0.9, 1.6])
def test_a_setup_that_is_killed_is_finished_by_the_next(platform: Any, seconds: float) -> None:
    with started(platform, "setup", "--edges", "40") as killed:
        time.sleep(seconds)
        killed.send_signal(signal.SIGKILL)
    assert "3 online" in said(platform, "setup", "--edges", "3")
    folders = [path.name for path in (platform.path / "openems-edge").iterdir() if path.is_dir()]
    assert sorted(folders) == ["config-edge0", "config-edge1", "config-edge2", "config.d"]


def test_a_second_run_is_told_who_holds_the_lock(platform: Any) -> None:
    said(platform, "gen-configs")
    with started(platform, "gen-configs", "--edges", "2000") as first:
        lock = platform.path / ".edge-tasks" / "lock"
        await_that(lambda: f"pid {first.pid}" in lock.read_text(), every_s=0.02)
        first.send_signal(signal.SIGSTOP)  # however long the second one takes to start
        assert f"pid {first.pid}, inv gen-configs" in said(platform, "compose", code=7)
        first.kill()


def test_a_symlink_in_the_place_of_a_directory_is_refused(platform: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (platform.path / "openems-edge" / "config-edge0").symlink_to(elsewhere)
    assert "symlink" in said(platform, "gen-configs", code=8)
    assert list(elsewhere.iterdir()) == []


def test_a_broken_template_is_refused_before_anything_is_written(platform: Any) -> None:
    (platform.path / "openems-edge" / "config.d" / "Broken.config").write_text('a="1"\nbroken\n')
    assert "Broken.config:2" in said(platform, "setup", code=2)
    assert not (platform.path / ".edge-tasks").exists()


@pytest.mark.parametrize("edges", ["-1", "x", "1.5", "1000000"])
def test_a_number_of_edges_that_is_none_is_refused(platform: Any, edges: str) -> None:
    assert "to 100000" in said(platform, "setup", "--edges", edges, code=2)


def test_a_fleet_without_edges_is_refused(platform: Any) -> None:
    assert "this fleet would have no edge" in said(platform, "setup", "--edges", "0", code=2)


def test_an_option_that_changes_nothing_here_says_so_once(platform: Any) -> None:
    seen = said(platform, "plan", "--download-from", "https://example.org", "--timeout", "9", "--edges", "1")
    assert seen.count("! --download-from has no effect here: it matters only for the bundled platform in") == 1
    assert seen.count("! --timeout has no effect here: it matters only to verify, and to tasks that need it") == 1
    assert "--edges has no effect" not in seen
