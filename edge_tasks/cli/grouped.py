"""What a fleet file adds to what was chosen: the groups, and the numbers of edges that follow from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import fleet_file
from edge_tasks.cli.options import SETTINGS
from edge_tasks.cli.settings import Chosen
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.groups import Group
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.fleet_file import FleetFile
    from edge_tasks.cli.settings import Choices

TYPED: Final = frozenset(SETTINGS[name].option for name in ("edges", "light_edges")) | frozenset(
    SETTINGS[name].variable for name in ("edges", "light_edges")
)
"""Where a number of edges comes from when somebody has just said it."""

_OF_A_GROUP: Final = ("meters", "profile", "seed")


def whole(choices: Choices) -> Group:
    """The one group of a fleet without a fleet file, by flags; its edges are not known yet."""
    return Group(
        name="",
        ranges=(),
        light=False,
        households=choices.number("meters"),
        profile=choices.text("profile"),
        seed=choices.text("seed"),
    )


def with_fleet_file(
    choices: Choices, platform: Path, typed: Mapping[str, object]
) -> tuple[Choices, tuple[Group, ...]]:
    """The choices with the numbers of edges that the platform's fleet file describes, and its groups.

    Without such a file: the choices as they are, and no groups.

    Args:
        choices: all settings.
        platform: the folder.
        typed: the options of the call.

    Raises:
        SettingsError: the file is not usable, or what was typed contradicts it; with its line.
    """
    found = fleet_file.find(choices.text("fleet_file"), platform, whole(choices))
    if found is None:
        return choices, ()
    counts = {"edges": found.full, "light_edges": found.light}
    for name, count in counts.items():
        _refuse_other(found, choices.chosen(name), count, is_light=name == "light_edges")
    _refuse_vain(found, typed)
    described = {name: Chosen(count, found.path.name) for name, count in counts.items()}
    return replace(choices, described=described), found.groups


def absolute(name: str, folder: Path) -> str:
    """A path made absolute, so that it can be saved; a mere name, of a file in the platform, as it is."""
    return str((folder / Path(name).expanduser()).resolve()) if "/" in name else name


def _refuse_vain(found: FleetFile, typed: Mapping[str, object]) -> None:
    """Refuse an option that would change nothing, because every group says that itself."""
    for name in _OF_A_GROUP:
        if typed.get(name) and name in found.said:
            option = SETTINGS[name].option
            raise SettingsError(
                f"{found.line(fleet_file.GROUPS, 0, name)}: every group has its own {name},"
                f" so {option} has no effect",
                hint=f"change {name} there, or leave {option} out",
            )


def _refuse_other(found: FleetFile, chosen: Chosen, count: int, *, is_light: bool) -> None:
    if chosen.origin not in TYPED or chosen.value == count:
        return
    places = [place for place, group in enumerate(found.groups) if group.light == is_light]
    where = found.line(fleet_file.GROUPS, *((places[-1], "edges") if places else ()))
    groups = "its groups with 'light: true'" if is_light else "its groups without 'light: true'"
    raise SettingsError(
        f"{where}: {groups} have {counted(count, 'edge')}, but {chosen.origin} is {chosen.value}",
        hint=f"change the edges of a group there, or leave {chosen.origin} out",
    )
