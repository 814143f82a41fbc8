"""A second platform of the same user does not initialise Odoo again."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_a_purged_platform_is_restored_and_a_damaged_snapshot_is_replaced(platform: Any, own_cache: Path) -> None:
    assert "Odoo initialised" in platform.inv("odoo-init")
    (entry,) = own_cache.iterdir()
    assert {path.stat().st_mode & 0o777 for path in entry.iterdir()} == {0o600}
    secrets = b"".join(path.read_bytes() for path in entry.iterdir())
    assert b"odoo16@2022" not in secrets
    purged = platform.inv("down", "--purge")
    assert "left: 1 snapshot of Odoo" in purged
    assert entry.is_dir()

    said = platform.inv("setup", "--edges", "1")
    assert "Odoo restored from a snapshot" in said
    assert "1 online" in said
    assert platform.inv("setup").count("nothing to do") == 7
    platform.inv("down", "--purge")

    dump = entry / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    said = platform.inv("odoo-init")
    assert said.count("the snapshot of Odoo is no good and was removed") == 1
    assert "Odoo initialised, Odoo's admin passwords set" in said
    assert [path.name for path in own_cache.iterdir()] == [entry.name]

    put_another_password(platform, entry)
    platform.inv("down", "--purge")
    said = platform.inv("odoo-init")
    assert said.count("the snapshot of Odoo is no good and was removed: Odoo at") == 1
    assert platform.sql("SELECT count(*) FROM res_users WHERE password = 'somebody else''s'") == [(0,)]
    platform.inv("down", "--purge")
    assert "Odoo initialised" in platform.inv("odoo-init", "--no-snapshot")


def put_another_password(platform: Any, entry: Path) -> None:
    """Have the snapshot be of an Odoo whose admin has a password of somebody's."""
    platform.sql("UPDATE res_users SET password = 'somebody else''s'")
    dump = ("exec", "-e", "PGPASSWORD=odoo16@2022", platform.containers()["db"], "pg_dump")
    made = subprocess.run(
        ["docker", *dump, "-h", "127.0.0.1", "-U", "odoo", "-Fc", "openems"], capture_output=True, check=True
    )
    (entry / "database.dump").write_bytes(made.stdout)
    about = json.loads((entry / "entry.json").read_text())
    about["digests"]["database.dump"] = hashlib.sha256(made.stdout).hexdigest()
    (entry / "entry.json").write_text(json.dumps(about))
