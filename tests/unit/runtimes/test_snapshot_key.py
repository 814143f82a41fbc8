from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.runtimes.docker.snapshot_key import digest_of, key_of

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {"image": "sha256:1", "addons": "2", "postgresql": "15", "demo": "no"}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_makes_another_key_and_their_order_does_not(part: str) -> None:
    assert key_of(dict(reversed(PARTS.items()))) == key_of(PARTS)
    assert key_of({**PARTS, part: "other"}) != key_of(PARTS)


@pytest.fixture
def addons(tmp_path: Path) -> Path:
    (tmp_path / "openems" / "models").mkdir(parents=True)
    (tmp_path / "openems" / "__manifest__.py").write_text("{}")
    (tmp_path / "openems" / "models" / "device.py").write_text("class Device: ...")
    return tmp_path


def test_the_same_add_ons_have_the_same_digest_wherever_they_lie(addons: Path, tmp_path: Path) -> None:
    first = digest_of([("/mnt", addons)], ())
    moved = addons.rename(tmp_path.with_name("moved"))
    assert digest_of([("/mnt", moved)], ()) == first
    assert digest_of([("/opt", moved)], ()) != first


def test_a_changed_a_new_and_a_renamed_file_make_another_digest(addons: Path) -> None:
    def digest() -> str:
        return digest_of([("/mnt", addons)], ())

    seen = [digest()]
    (addons / "openems" / "models" / "device.py").write_text("class Device: pass")
    seen.append(digest())
    (addons / "openems" / "security.csv").write_text("")
    seen.append(digest())
    (addons / "openems" / "security.csv").rename(addons / "openems" / "rules.csv")
    seen.append(digest())
    assert len(set(seen)) == 4


def test_what_python_git_and_odoo_make_there_is_left_out(addons: Path) -> None:
    before = digest_of([("/mnt", addons)], ())
    for name in (".git/HEAD", "openems/__pycache__/a.py", "openems/b.pyc", "filestore/openems/logo"):
        (addons / name).parent.mkdir(parents=True, exist_ok=True)
        (addons / name).write_text("made")
    assert digest_of([("/mnt", addons)], {str(addons / "filestore")}) == before
    assert digest_of([("/mnt", addons)], ()) != before


def test_a_link_to_a_folder_counts_by_where_it_leads(addons: Path) -> None:
    (addons / "old").mkdir()
    (addons / "old" / "__manifest__.py").write_text("{}")

    def digest() -> str:
        return digest_of([("/mnt", addons)], ())

    seen = [digest()]
    (addons / "billing").symlink_to("openems")
    seen.append(digest())
    for place in ("old", "nowhere"):
        (addons / "billing").unlink()
        (addons / "billing").symlink_to(place)
        seen.append(digest())
    assert len(set(seen)) == 4


def test_a_single_file_counts_and_one_that_is_not_there_does_not(addons: Path) -> None:
    manifest = addons / "openems" / "__manifest__.py"
    before = digest_of([("/etc/odoo.conf", manifest)], ())
    manifest.write_text("{1}")
    assert digest_of([("/etc/odoo.conf", manifest)], ()) != before
