from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from edge_tasks.runtimes.embedded.postgres_programs import remove_folder
from tests.inv import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_RIGHTS: Final = () if os.geteuid() else ("setpriv", "--bounding-set=-all")
"""Root may enter everything; without its capabilities it is like anybody else."""
REMOVE: Final = (
    "import sys; from pathlib import Path;"
    "from edge_tasks.runtimes.embedded.postgres_programs import remove_folder; remove_folder(Path(sys.argv[1]))"
)


def test_a_folder_goes_even_if_nobody_may_enter_a_part_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    locked = folder / "base" / "5"
    locked.mkdir(parents=True)
    (locked / "1259").write_bytes(b"rows")
    for part in (locked, locked.parent, folder):
        part.chmod(0)
    subprocess.run([*WITHOUT_RIGHTS, sys.executable, "-c", REMOVE, str(folder)], cwd=ROOT, check=True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_changed_where_a_link_in_it_leads(tmp_path: Path) -> None:
    folder, other = tmp_path / "data", tmp_path / "other"
    folder.mkdir()
    other.mkdir(mode=0o755)
    (folder / "link").symlink_to(other)
    remove_folder(folder)
    assert other.stat().st_mode & 0o777 == 0o755
