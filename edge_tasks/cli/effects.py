"""Where an option changes something: in which tasks, and of which fleet. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.attach_options import TAKES
from edge_tasks.cli.option import Matters, Saved, Setting
from edge_tasks.cli.options import COMMON
from edge_tasks.cli.own_options import OWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from edge_tasks.cli.option import Option

LOOKING: Final = frozenset(
    ("status", "dashboard", "households", "truth", "report", "export-keys", "logs", "down", "backfill")
)
"""The tasks that take the fleet as it was saved."""
JUDGING: Final = frozenset({"verify"})
"""They do that, too, if there is a fleet and nothing else was typed: it is judged, and nothing is mended."""
MOVING: Final = ("runtime", "project_name", "override_file", "port_offset")
"""The settings that say where a fleet is: with another value, none of these tasks would find it."""
_VAIN: Final = " has no effect here: it matters only"


@dataclass(frozen=True)
class Place:
    """Where options are typed.

    Attributes:
        uses_engine: the runtime runs containers.
        is_bundled: on the bundled platform.
        has_light: the fleet has light edges.
        spans_nodes: they are on several machines.
        tasks: the names of the tasks that were typed, and of those that they need.
    """

    uses_engine: bool
    is_bundled: bool
    has_light: bool
    tasks: frozenset[str]
    spans_nodes: bool = False

    def has(self, needed: Matters) -> bool:
        """Whether something matters here."""
        return {
            Matters.ALWAYS: True,
            Matters.DOCKER: self.uses_engine,
            Matters.BUNDLED_DOCKER: self.uses_engine and self.is_bundled,
            Matters.EMBEDDED: not self.uses_engine,
            Matters.LIGHT: self.has_light,
            Matters.LIGHT_DOCKER: (self.has_light and self.uses_engine) or self.spans_nodes,
            Matters.SWARM: self.spans_nodes,
        }[needed]


def at_work(typed: frozenset[str], tasks: frozenset[str], *, has_fleet: bool) -> frozenset[str]:
    """The tasks of a call that do something: what a task needs that only judges a fleet does nothing.

    Args:
        typed: their names.
        tasks: these and those that they need.
        has_fleet: the fleet was there before the call.
    """
    return typed if has_fleet and typed <= JUDGING else tasks


def without_effect(typed: Collection[str], place: Place) -> tuple[str, ...]:
    """A line for each option, by its name, that changes nothing in this place."""
    found = (COMMON[name] for name in typed if name in COMMON)
    common = ((option, _why_not(option, place)) for option in found)
    return tuple(f"{option.option}{_VAIN} {why}" for option, why in common if why) + own_without_effect(
        typed, place.tasks
    )


def own_without_effect(typed: Collection[str], tasks: frozenset[str]) -> tuple[str, ...]:
    """A line for each option that single tasks have and that needs another one, or is vain beside it."""
    return tuple(f"--{name.replace('_', '-')}{_VAIN} {why}" for name, why in _own_reasons(typed, tasks) if why)


def _own_reasons(typed: Collection[str], tasks: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The name of each own option, and beside what it matters; empty if it does to one of these tasks."""
    for name in typed:
        owned = [option for task in tasks for option in OWN.get(task, ()) if option.name == name]
        reasons = [_beside(option, typed) for option in owned]
        yield name, reasons[0] if reasons and all(reasons) else ""


def _beside(option: Option, typed: Collection[str]) -> str:
    if option.only_with and option.only_with not in typed:
        return f"with --{option.only_with}"
    return f"without --{option.not_with}" if option.not_with in typed else ""


def can_matter(option: Option, tasks: frozenset[str]) -> bool:
    """Whether an option of all tasks changes something in one of these."""
    if tasks == {"attach"}:
        return option.name in TAKES
    return not (_unused(option, tasks) or (_is_saved(option) and tasks <= LOOKING))


def counting(options: Mapping[str, object], tasks: frozenset[str]) -> dict[str, object]:
    """The options without those that tasks which only look take from the saved fleet."""
    return {
        name: value for name, value in options.items() if name not in COMMON or not _kept(COMMON[name], tasks)
    }


def counting_variables(environ: Mapping[str, str], tasks: frozenset[str]) -> dict[str, str]:
    """The shell's variables, likewise."""
    kept = {option.variable for option in COMMON.values() if isinstance(option, Setting) and _kept(option, tasks)}
    return {name: value for name, value in environ.items() if name not in kept}


def _why_not(option: Option, place: Place) -> str:
    """Where it matters, if that is not here."""
    if not place.has(option.matters):
        return option.matters.value
    if _unused(option, place.tasks):
        *others, last = option.used_by
        named, them = (f"{', '.join(others)} and {last}", "them") if others else (last, "it")
        return f"to {named}, and to tasks that need {them}"
    return "to tasks that change the fleet" if _kept(option, place.tasks) else ""


def _unused(option: Option, tasks: frozenset[str]) -> bool:
    return bool(option.used_by) and not tasks.intersection(option.used_by)


def _kept(option: Option, tasks: frozenset[str]) -> bool:
    """It is saved, and these tasks take it as it is."""
    return _is_saved(option) and option.name not in MOVING and tasks <= LOOKING | JUDGING


def _is_saved(option: Option) -> bool:
    return isinstance(option, Setting) and option.saved is not Saved.NOT
