from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.home import Home
from edge_tasks.checkout.layouts import Platform, bundled_source
from edge_tasks.checkout.platform_meant import find_surrounding
from edge_tasks.errors import SettingsError
from tests.unit.checkout import sample_checkouts as samples
from tests.unit.checkout.sample_checkouts import compose_text, config, survey_of

if TYPE_CHECKING:
    from pathlib import Path

EDGE = "services: {openems-edge: {image: openems/edge, volumes: ['./conf:/var/opt/openems/config']}}\n"
SCHEDULER = {"conf/Scheduler/AllAlphabetically/default.config": config("Scheduler.AllAlphabetically.default")}
BACKEND = {f"conf/{path.removeprefix('openems-edge/config.d/')}": text for path, text in samples.TEMPLATE.items()}


def platform(folder: Path, compose: str, files: dict[str, str]) -> Platform:
    return survey_of(folder, compose, files).platform


def test_a_checkouts_own_template_is_taken(tmp_path: Path) -> None:
    found = platform(tmp_path, EDGE, {**samples.TEMPLATE, **BACKEND}).template_place
    assert (found.folder, found.is_ours) == (tmp_path / "openems-edge" / "config.d", False)


def test_what_the_edge_has_mounted_is_a_template_if_it_has_a_backend_controller(tmp_path: Path) -> None:
    found = platform(tmp_path, EDGE, {**SCHEDULER, **BACKEND})
    assert (found.template_place.folder, found.template_place.is_ours) == (tmp_path / "conf", False)
    assert [one.factory_pid for one in found.template().components] == ["Controller.Api.Backend"]


@pytest.mark.parametrize(
    "compose", [EDGE, compose_text(samples.OFFICIAL_BACKEND), compose_text(samples.OFFICIAL_EDGE)]
)
def test_the_official_images_get_our_template(tmp_path: Path, compose: str) -> None:
    found = platform(tmp_path, compose, SCHEDULER)
    assert found.template_place.is_ours
    assert found.template().digest == Platform(tmp_path / "none", bundled=True).template().digest
    assert found.template_place.folder == bundled_source() / "openems-edge" / "config.d"


def test_a_folder_without_openems_gets_no_template(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has no edge template"):
        _ = platform(tmp_path, "services: {web: {image: nginx}}\n", {}).template_place


def test_the_installed_command_knows_a_folder_with_the_official_images(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    survey_of(tmp_path, compose_text(samples.OFFICIAL_BACKEND), {"inside/x": ""})
    assert find_surrounding(Home(inside, is_clone=False)) == tmp_path
    assert find_surrounding(Home(inside, is_clone=True)) is None


def test_a_folder_with_another_compose_file_is_none(tmp_path: Path) -> None:
    survey_of(tmp_path, "services: {web: {image: nginx}}\n", {})
    assert find_surrounding(Home(tmp_path, is_clone=False)) is None
