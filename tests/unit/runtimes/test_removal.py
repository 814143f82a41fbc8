from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.fleet.directories import Directories
from edge_tasks.runtimes.docker.removal import ours_to_claim
from tests.unit.steps.neighbours import FLEET

if TYPE_CHECKING:
    from pathlib import Path


def test_root_changes_the_owner_of_no_directory_that_only_has_a_similar_name(tmp_path: Path) -> None:
    directories = Directories(tmp_path)
    directories.write(FLEET.edge(0), {}, "digest")
    for name in (
        "my-config-edge-backup",
        "config-edge1-old",
        "config-edge1",
        "config-edge2",
        ".config-edge3.old",
    ):
        (tmp_path / name).mkdir()
    assert ours_to_claim(directories, {"config-edge2"}) == ("config-edge0", ".config-edge3.old", "config-edge2")
