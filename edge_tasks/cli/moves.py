"""Choices that move a fleet: with another value, nothing of ours would find what runs, or what it left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import text_of, writing
from edge_tasks.checkout.override import is_ours
from edge_tasks.cli.effects import MOVING
from edge_tasks.cli.options import SETTINGS
from edge_tasks.errors import MissingTool, SettingsError
from edge_tasks.runtimes.choice import kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from edge_tasks.fleet.record import Record
    from edge_tasks.fleet.saved import Saved
    from edge_tasks.runtimes.protocols import Runtime


@dataclass(frozen=True)
class Move:
    """A choice that changes where a fleet is.

    Attributes:
        option: as it is typed.
        before: its saved value.
        after: its wanted value.
    """

    option: str
    before: str | int
    after: str | int


def moves_of(saved: Saved | None, wanted: Saved) -> tuple[Move, ...]:
    """What moves a fleet; nothing where there is none."""
    if saved is None:
        return ()
    before, after = saved.choices, wanted.choices
    has_project = any(kind(fleet.runtime).uses_engine for fleet in (saved, wanted))
    matter = [name for name in MOVING if name != "project_name" or has_project]
    values = ((SETTINGS[name], before.get(name), after.get(name)) for name in matter)
    found = (
        Move(
            setting.option,
            setting.default or "" if old is None else old,
            setting.default or "" if new is None else new,
        )
        for setting, old, new in values
    )
    return tuple(move for move in found if move.before != move.after)


def check_moves(moves: Sequence[Move], running: Sequence[str]) -> None:
    """Refuse to move a fleet of which something runs.

    Raises:
        SettingsError: what would be lost, and what to type first.
    """
    if moves and running:
        changes = ", ".join(f"{move.option} from {_shown(move.before)} to {_shown(move.after)}" for move in moves)
        raise SettingsError(
            f"the fleet is running ({', '.join(running)}), so this cannot be changed: {changes}",
            hint="inv down, and then the same command again",
        )


def left_by(saved: Saved, wanted: Saved, former: Sequence[Saved]) -> tuple[Saved, ...]:
    """The fleet's former places, in which a purge finds what is left there: runtimes and Compose projects.

    Args:
        saved: where the fleet is.
        wanted: where it is to be.
        former: where it was before.
    """
    places = {_place(one): one for one in (*former, saved)}
    return tuple(one for place, one in places.items() if place != _place(wanted))


def running_of(fleet: Saved, runtime_of: Callable[[Saved], Runtime]) -> tuple[str, ...]:
    """What runs of a fleet.

    Raises:
        MissingTool: nobody can say, because its runtime does not answer.
    """
    problem, remedy = kind(fleet.runtime).find_problem_of_down()
    if problem:
        raise MissingTool(f"the fleet was made in the {fleet.runtime} runtime, but {problem}", hint=remedy)
    try:
        return runtime_of(fleet).services.running()
    except SettingsError:  # it cannot have started: its Compose project is another checkout's
        return ()


def leave_former_place(
    record: Record, folder: Path, saved: Saved, wanted: Saved, former: Sequence[Saved]
) -> bool:
    """Note where a fleet was, for a purge, and remove the override that lies there under another name.

    Args:
        record: of the fleet.
        folder: of its platform.
        saved: where the fleet is.
        wanted: where it is to be.
        former: where it was before.

    Returns:
        Whether an override was removed.
    """
    if not moves_of(saved, wanted):
        return False
    was_used = any(record.entries().values())
    places = left_by(saved, wanted, former) if was_used else ()  # its project may be another's
    record.note(former=[one.place for one in places])
    return _remove_former_override(folder, saved, wanted)


def _remove_former_override(folder: Path, saved: Saved, wanted: Saved) -> bool:
    path = folder / saved.override_file
    if saved.override_file == wanted.override_file or not is_ours(text_of(path) or ""):
        return False
    with writing(path):
        path.unlink()
    return True


def _place(saved: Saved) -> tuple[str, str]:
    return saved.runtime, str(saved.extras.get("project_name", "")) if kind(saved.runtime).uses_engine else ""


def _shown(value: str | int) -> str:
    return str(value) if value != "" else "none"
