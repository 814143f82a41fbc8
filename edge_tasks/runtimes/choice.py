"""Which runtime a fleet gets: the one that was asked for, or the one that ``auto`` means here."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import MissingTool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from edge_tasks.runtimes.context import RuntimeContext
    from edge_tasks.runtimes.protocols import Runtime

AUTO: Final = "auto"
_REAL: Final = "docker"
_WITHOUT_DOCKER: Final = "embedded"
_ENDING: Final = frozenset({"down"})


@dataclass(frozen=True)
class Kind:
    """A runtime as its folder's ``__init__`` has it: ``KIND``.

    Attributes:
        create: makes it; nothing is asked or started by that.
        find_problem: why it cannot be used on this machine, and what to do; both empty when it can.
        uses_engine: it runs containers in the platform's Compose project; others read the compose file themselves
            (:attr:`RuntimeContext.compose`).
        spans_nodes: its edges are on several machines.
        needed_for_down: the same for what ends a fleet, which may need less; None if it needs the same.
        keeps: what it keeps for the user's next platforms: its folder in the user's cache → of what it is.
    """

    create: Callable[[RuntimeContext], Runtime]
    find_problem: Callable[[], tuple[str, str]]
    uses_engine: bool
    spans_nodes: bool = False
    needed_for_down: Callable[[], tuple[str, str]] | None = None
    keeps: Mapping[str, str] = field(default_factory=dict)

    def find_problem_of_down(self) -> tuple[str, str]:
        """Why nothing of a fleet can be looked for and ended there, and what to do; both empty when it can."""
        return (self.needed_for_down or self.find_problem)()


def kind(name: str) -> Kind:
    """The runtime of a name out of :data:`edge_tasks.runtimes.NAMES`."""
    found: Kind = import_module(f"edge_tasks.runtimes.{name}").KIND
    return found


def find_problem(name: str, tasks: AbstractSet[str]) -> tuple[str, str]:
    """Why a runtime cannot be used for these tasks, and what to do; both empty when it can."""
    found = kind(name)
    return found.find_problem_of_down() if tasks == _ENDING else found.find_problem()


def can_only_end(name: str) -> bool:
    """Whether fleets can be ended in a runtime that has a problem otherwise."""
    needed = kind(name).needed_for_down
    return needed is not None and not any(needed())


@dataclass(frozen=True)
class Choice:
    """A runtime and the reason for it, for the header line."""

    name: str
    why: str


@dataclass(frozen=True)
class Chooser:
    """Chooses, and asks about each runtime at most once.

    Attributes:
        bundled: the platform is the bundled one.
        find_missing: which of the services that docker needs the platform does not have, for people.
        find_problem: name → why that runtime cannot be used, and what to do; both empty when it can.
        can_only_end: see :func:`can_only_end`.
    """

    bundled: bool
    find_missing: Callable[[], tuple[str, ...]] = tuple
    find_problem: Callable[[str], tuple[str, str]] = lambda name: kind(name).find_problem()
    can_only_end: Callable[[str], bool] = can_only_end
    _asked: dict[str, tuple[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def choose(self, wanted: str, origin: str, has_fleet_in: str = "") -> Choice:
        """The runtime that was asked for, or what ``auto`` means.

        Args:
            wanted: a runtime's name, or ``auto``.
            origin: where that was asked for, for people.
            has_fleet_in: the runtime of the fleet that there is already; empty if there is none.

        Raises:
            MissingTool: the runtime that was asked for cannot be used here.
        """
        if wanted == AUTO:
            why = self._why_without_docker()
            return Choice(_WITHOUT_DOCKER, why) if why else Choice(_REAL, "an engine answers")
        problem, remedy = self._problem(wanted)
        if problem:
            raise MissingTool(
                f"{problem}; the {wanted} runtime needs it ({origin})",
                hint=f"{self._ending(wanted, has_fleet_in)}{remedy}; or start the fleet without Docker:"
                f" --runtime {_WITHOUT_DOCKER}",
            )
        return Choice(wanted, origin)

    def _ending(self, name: str, has_fleet_in: str) -> str:
        """What to type first if a fleet was left behind there that can still be ended."""
        is_left = has_fleet_in == name and self.can_only_end(name)
        return "inv down, if the fleet was not ended before; then " if is_left else ""

    def _why_without_docker(self) -> str:
        if self.bundled:
            return f"the bundled platform; --runtime {_REAL} builds the real one and downloads 2 GB"
        if missing := self.find_missing():
            return f"its compose file has no service for {', '.join(missing)}, which {_REAL} needs"
        return self._problem(_REAL)[0]

    def _problem(self, name: str) -> tuple[str, str]:
        if name not in self._asked:
            self._asked[name] = self.find_problem(name)
        return self._asked[name]


def chooser_of(
    tasks: AbstractSet[str],
    bundled: bool,  # noqa: FBT001 - as the attribute of what it makes
    find_missing: Callable[[], tuple[str, ...]],
) -> Chooser:
    """What chooses for these tasks; see :class:`Chooser`."""
    return Chooser(bundled, find_missing, lambda name: find_problem(name, tasks))
