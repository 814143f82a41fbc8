"""The environment of a user's shell: locale, encoding, umask, TMPDIR and PG*. A fleet does not care."""

from __future__ import annotations

import json
import shlex
import stat
from typing import TYPE_CHECKING, Final

from tests.inv import finished, inv, without_settings

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.e2e.conftest import Platform

ASCII: Final = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
DATABASE: Final = {
    "PGSERVICE": "prod",
    "PGHOSTADDR": "192.0.2.1",
    "PGSSLMODE": "require",
    "PGSSLROOTCERT": "system",
    "PGOPTIONS": "-c search_path=app",
    "PGTARGETSESSIONATTRS": "standby",
    "PGREQUIREAUTH": "none",
}


def typed(
    platform: Platform, command: str, umask: str = "022", redirected: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    words = shlex.join(inv(*command.split(), *platform.options))
    return finished(
        ["bash", "-c", f"umask {umask}; {words} {redirected}"], env={**without_settings(), **environment}
    )


def test_a_fleet_lives_its_life_in_ascii_with_the_variables_of_another_database(
    platform: Platform, tmp_path: Path
) -> None:
    spoken = []
    for command in (
        "setup --edges 1 --light-edges 1",
        "setup",
        "status",
        "plan --check",
        "logs",
        f"report --seconds 1 --output {tmp_path}/report.html",
        "down --purge",
    ):
        done = typed(platform, command, **ASCII, **DATABASE)
        assert done.returncode == 0, done.stdout
        spoken.append(done.stdout)
    assert "+ up " in spoken[0]
    assert "".join(spoken).isascii()


def test_the_document_is_the_same_in_ascii_and_in_utf8(platform: Platform) -> None:
    documents = []
    for environment in (ASCII, {"PYTHONIOENCODING": "latin-1"}, {"PYTHONUTF8": "1"}):
        done = typed(platform, "plan --json --edges 1", redirected="2>/dev/null", **environment)
        assert done.returncode == 0, done.stdout
        documents.append(json.loads(done.stdout))
    assert documents[0] == documents[1] == documents[2]


def test_secrets_are_private_whatever_the_umask_and_temporary_files_go_where_they_are_to(
    platform: Platform, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary files with ü"
    temporary.mkdir()
    done = typed(platform, "setup --edges 1 --light-edges 1", umask="000", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stdout
    state = platform.path / ".edge-tasks"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for name in ("fleet.json", "netrc", "pgpass", "light.json"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600, name
    assert typed(platform, "down --purge", umask="777").returncode == 0
    assert list(temporary.iterdir()) == []
