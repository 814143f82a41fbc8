from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.runtimes.embedded.postgres_programs import remove_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_goes_even_if_nobody_may_enter_a_part_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    locked = folder / "base" / "5"
    locked.mkdir(parents=True)
    (locked / "1259").write_bytes(b"rows")
    for part in (locked, locked.parent, folder):
        part.chmod(0)
    remove_folder(folder)
    assert list(tmp_path.iterdir()) == []
