"""Which release of OpenEMS a fleet has: the one that was chosen, else that of its platform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.settings import Chosen
from edge_tasks.errors import SettingsError
from edge_tasks.openems.release import ONE_PROGRAM, check_known, release_of

if TYPE_CHECKING:
    from edge_tasks.cli.settings import Choices

_NAME: Final = "openems_version"


def with_release(choices: Choices, *, is_new: bool, is_built: bool) -> Choices:
    """Refuse a release that is not known, and give a new fleet the newest one whose parts all work.

    Args:
        choices: all settings.
        is_new: no fleet is saved; one that is keeps its release.
        is_built: the bundled platform is built from the files of a release.

    Raises:
        SettingsError: the release is not known, or cannot be built.
    """
    chosen = choices.chosen(_NAME)
    version = str(chosen.value)
    check_known(version)
    if not is_built:
        return choices
    if release_of(version).has_two_programs:
        raise SettingsError(
            f"the bundled platform cannot be OpenEMS {version}: its second program is published as an image only",
            hint=f"--openems-version {ONE_PROGRAM} or earlier, or a checkout of your own with that image",
        )
    if not is_new or chosen.origin != "default":
        return choices
    newest = Chosen(ONE_PROGRAM, "the newest release whose parts all work")
    return replace(choices, described={**choices.described, _NAME: newest})
