"""Which platform is meant, and where it is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.home import Home
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.checkout.platform_meant import find_platform, forget, remember
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

NOTE = ".edge-tasks-platform"


def checkout(folder: Path) -> Path:
    (folder / "openems-edge" / "config.d").mkdir(parents=True)
    (folder / "docker-compose.yml").touch()
    return folder


def typed_in(folder: Path) -> Home:
    return Home(folder, is_clone=False)


def meant(home: Home, chosen: str | None = None) -> Platform:
    return find_platform(chosen, home, home.folder)


def test_a_folder_that_is_not_a_platform_gets_the_bundled_one_below_it(tmp_path: Path) -> None:
    assert meant(typed_in(tmp_path)) == Platform(tmp_path / "platform", bundled=True)


@pytest.mark.parametrize("below", ["", "openems-edge", "openems-edge/config.d"])
def test_in_a_checkout_the_checkout_is_meant_however_deep_one_stands(below: str, tmp_path: Path) -> None:
    found = meant(typed_in(checkout(tmp_path) / below))
    assert found == Platform(tmp_path, bundled=False)


@pytest.mark.parametrize("missing", ["docker-compose.yml", "openems-edge/config.d"])
def test_a_folder_with_half_of_a_platform_is_none(missing: str, tmp_path: Path) -> None:
    path = checkout(tmp_path) / missing
    path.rmdir() if path.is_dir() else path.unlink()
    assert meant(typed_in(tmp_path)).bundled


def test_a_clone_inside_a_checkout_works_for_its_own_platform(tmp_path: Path) -> None:
    clone = checkout(tmp_path) / "edge-tasks"
    clone.mkdir()
    assert meant(Home(clone, is_clone=True)) == Platform(clone / "platform", bundled=True)


def test_what_is_named_beats_the_checkout_in_which_one_stands(tmp_path: Path) -> None:
    here, other = checkout(tmp_path / "here"), checkout(tmp_path / "other")
    assert meant(typed_in(here), "../other").path == other


@pytest.mark.parametrize("is_clone", [True, False])
def test_the_platform_used_last_is_noted_in_home_until_it_is_purged(is_clone: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    home = Home(tmp_path / "home", is_clone=is_clone)
    home.folder.mkdir()
    used = meant(home, str(checkout(tmp_path / "other")))
    remember(used, home)
    assert (home.folder / NOTE).read_text() == f"{used.path}\n"
    assert meant(home) == used
    forget(used, home)
    assert list(home.folder.iterdir()) == []
    assert meant(home).bundled


def test_in_a_checkout_nothing_is_noted(tmp_path: Path) -> None:
    home = typed_in(checkout(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    remember(meant(home), home)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("below", ["", "openems-edge"])
@pytest.mark.parametrize("chosen", [None, "."])
def test_the_program_never_works_in_its_own_files(chosen: str | None, below: str) -> None:
    with pytest.raises(SettingsError, match="is part of edge-tasks itself"):
        meant(typed_in(bundled_source() / below), chosen)
