"""A second platform of the same user does not initialise Odoo again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.inv import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLUSTER = "cluster.tar.gz"
VERIFIER = "SELECT rolpassword FROM pg_authid WHERE rolname = 'odoo'"


def test_a_purged_platform_is_restored_and_a_damaged_snapshot_is_replaced(platform: Any, own_cache: Path) -> None:
    assert "Odoo initialised" in platform.inv("odoo-init")
    (entry,) = own_cache.iterdir()
    assert {path.stat().st_mode & 0o777 for path in entry.iterdir()} == {0o600}
    password = platform.sql(VERIFIER)[0][0].encode()
    kept = gzip.decompress((entry / CLUSTER).read_bytes())
    assert password not in kept
    assert password[:40] not in kept, "also not in what the server has logged before"
    assert b"odoo16@2022" not in kept
    purged = platform.inv("down", "--purge")
    assert "left: 1 snapshot of Odoo" in purged
    assert entry.is_dir()

    said = platform.inv("setup", "--edges", "1")
    assert "Odoo restored from a snapshot" in said
    assert "1 online" in said
    assert platform.sql(VERIFIER)[0][0].encode() != password
    assert platform.inv("setup").count("nothing to do") == 7
    platform.inv("down", "--purge")

    archive = entry / CLUSTER
    archive.write_bytes(archive.read_bytes()[:-1])
    said = platform.inv("odoo-init")
    assert said.count("the snapshot of Odoo is no good and was removed") == 1
    assert "Odoo initialised, Odoo's admin passwords set" in said
    assert [path.name for path in own_cache.iterdir()] == [entry.name]

    platform.inv("down", "--purge")
    replace_archive(entry, archive.read_bytes()[:2000])
    said = platform.inv("odoo-init")
    assert said.count("the snapshot of Odoo is no good and was removed") == 1
    assert "Odoo initialised" in said
    platform.inv("down", "--purge")
    assert "Odoo initialised" in platform.inv("odoo-init", "--no-snapshot")


def replace_archive(entry: Path, content: bytes) -> None:
    """Have the snapshot be something that only the engine can see to be no good."""
    (entry / CLUSTER).write_bytes(content)
    about = json.loads((entry / "entry.json").read_text())
    about["digests"][CLUSTER] = hashlib.sha256(content).hexdigest()
    (entry / "entry.json").write_text(json.dumps(about))


def test_two_platforms_restore_the_same_snapshot_at_once_and_a_killed_restore_begins_again(
    tmp_path: Path, checkout: Callable[[Path], Any], own_cache: Path
) -> None:
    one = checkout(tmp_path / "the first to restore")
    other = checkout(tmp_path / "the other to restore").with_options("--port-offset", "3000")
    assert "Odoo initialised" in one.inv("odoo-init")
    one.inv("down", "--purge")

    said = at_once(one.command("odoo-init"), other.command("odoo-init"))
    assert ["Odoo restored from a snapshot" in text for text in said] == [True, True], said
    assert len(list(own_cache.iterdir())) == 1
    assert one.sql(VERIFIER) != other.sql(VERIFIER)

    one.inv("down", "--purge")
    as_if_killed(one)
    said_again = one.inv("odoo-init")
    assert "the restore of openems was interrupted and starts again" in said_again
    assert "Odoo restored from a snapshot" in said_again
    for platform in (one, other):
        platform.inv("down", "--purge")


def at_once(*commands: list[str]) -> list[str]:
    """What commands print that run at the same time; none of them outlives this."""
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for command in commands]
    try:
        return [process.communicate(timeout=300)[0].decode() for process in started]
    finally:
        for process in started:
            process.kill()


def as_if_killed(platform: Any) -> None:
    """Have the server's volume hold a part of a copy, as a restore leaves it that was killed."""
    platform.inv("compose")
    state = platform.path / ".edge-tasks" / "record.json"
    record = json.loads(state.read_text()) if state.exists() else {}
    state.write_text(json.dumps({**record, "odoo_init": "restoring openems"}))
    volume = f"{platform.project}_db-data:/data"
    platform.docker(
        "run", "--rm", "-v", volume, "--entrypoint", "sh", "postgres:15", "-c", "echo 15 > /data/PG_VERSION"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
def test_a_full_disk_keeps_no_snapshot_and_costs_nothing_else(platform: Any, own_cache: Path) -> None:
    own_cache.parent.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(own_cache.parent)], check=True)
    try:
        said = platform.inv("odoo-init")
        assert said.count("no snapshot of Odoo is kept: ") == 1
        assert "Odoo initialised" in said
        assert [path for path in own_cache.iterdir() if path.is_file() or any(path.iterdir())] == []
        assert platform.sql("SELECT count(*) FROM openems_device") == [(0,)]
    finally:
        subprocess.run(["umount", str(own_cache.parent)], check=True)
