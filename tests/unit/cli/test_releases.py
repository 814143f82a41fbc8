from __future__ import annotations

import pytest

from edge_tasks.cli.releases import with_release
from edge_tasks.cli.settings import Choices
from edge_tasks.errors import SettingsError


def choices(typed: str = "", saved: str = "") -> Choices:
    return Choices({"openems_version": typed}, {}, {"openems_version": saved} if saved else {}, {})


def release(found: Choices) -> str:
    return found.text("openems_version")


def test_a_new_bundled_platform_in_docker_gets_the_newest_release_whose_parts_all_work_and_keeps_it() -> None:
    found = with_release(choices(), is_new=True, is_built=True)
    assert release(found) == "2026.1.0"
    assert found.chosen_extras() == {"openems_version": "2026.1.0"}


@pytest.mark.parametrize(("is_new", "is_built"), [(False, True), (True, False), (False, False)])
def test_every_other_fleet_stays_where_it_is(*, is_new: bool, is_built: bool) -> None:
    found = with_release(choices(), is_new=is_new, is_built=is_built)
    assert release(found) == "2024.7.0"
    assert found.chosen_extras() == {}


@pytest.mark.parametrize("is_new", [True, False])
def test_what_was_typed_or_saved_counts(*, is_new: bool) -> None:
    assert release(with_release(choices("2025.2.0"), is_new=is_new, is_built=True)) == "2025.2.0"
    assert release(with_release(choices(saved="2025.2.0"), is_new=False, is_built=True)) == "2025.2.0"


@pytest.mark.parametrize("is_built", [True, False])
def test_a_release_that_is_not_known_is_refused_with_the_list(*, is_built: bool) -> None:
    with pytest.raises(SettingsError, match=r"2031\.1\.0 is not a release that") as refused:
        with_release(choices("2031.1.0"), is_new=True, is_built=is_built)
    assert "2026.1 to 2026.4" in refused.value.hint


def test_the_bundled_platform_cannot_be_a_release_of_two_programs() -> None:
    with pytest.raises(SettingsError, match="its second program is published as an image only") as refused:
        with_release(choices("2026.2.0"), is_new=True, is_built=True)
    assert "--openems-version 2026.1.0" in refused.value.hint
    assert release(with_release(choices("2026.2.0"), is_new=True, is_built=False)) == "2026.2.0"
