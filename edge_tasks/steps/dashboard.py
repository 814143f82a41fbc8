"""``inv dashboard``: the page, fed by the same looks as ``inv verify``. It holds no lock and changes nothing."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import FleetError
from edge_tasks.fleet.saved import no_fleet
from edge_tasks.page.secrecy import shown
from edge_tasks.page.snapshot import CHANNELS, Row, Snapshot, rows_of
from edge_tasks.proof.verdict import DOWN, EdgeState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.fleet.directories import Directories
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.fleet.saved import Saved, State
    from edge_tasks.proof.verdict import Verdict
    from edge_tasks.steps.fleet_view import FleetView

_LOG: Final = logging.getLogger(__name__)
_READ_AGAIN_S: Final = 10.0
"""How old the page's own reading of the template may be; the saved fleet is read at every look."""


@dataclass(frozen=True)
class Watched:
    """A platform as it was read at some moment.

    Attributes:
        saved: its fleet; None if there is none.
        make_view: puts together what is asked; it reads the platform's template.
        make_blueprints: reads the platform's template, too.
    """

    platform: Path
    state: State
    saved: Saved | None
    fleet: Fleet
    directories: Directories
    make_view: Callable[[], FleetView]
    make_blueprints: Callable[[], Blueprints]

    @cached_property
    def view(self) -> FleetView:
        """The fleet as the backend sees it.

        Raises:
            SettingsError: the platform is not usable.
        """
        return self.make_view()

    @cached_property
    def blueprints(self) -> Blueprints:
        """What the edges are made of.

        Raises:
            SettingsError: the platform is not usable.
        """
        return self.make_blueprints()


class FleetSource:
    """The fleet as ``verify`` sees it, also when it is changed from another shell meanwhile.

    Args:
        read: reads the platform again.
    """

    def __init__(self, read: Callable[[], Watched]) -> None:
        self._read_again = read
        self._watched = read()
        self._read_at = time.monotonic()
        self._logged = ""

    @property
    def watched(self) -> Watched:
        """The platform as the last look read it."""
        return self._watched

    def look(self, before: Snapshot) -> Snapshot:
        """Ask once. What cannot be asked is reported with what to type, and no old value is repeated."""
        started = time.monotonic()
        try:
            watched = self._current()
            verdicts = watched.view.look(CHANNELS)
        except FleetError as error:
            return self._unanswered(error.message, error.hint, time.monotonic() - started)
        except Exception as error:  # noqa: BLE001 - a process may end between two questions; the page goes on
            self._log(error)
            what = f"this look failed ({type(error).__name__}); the next one follows"
            return self._unanswered(what, "", time.monotonic() - started)
        at = time.time()
        problem, hint = _common_problem(verdicts)
        if problem and not watched.view.runtime.services.running():
            problem, hint = DOWN
        return Snapshot(
            at=at,
            took_s=time.monotonic() - started,
            problem=problem,
            hint=hint,
            about=_about(watched),
            rows=rows_of(verdicts, at, before.rows),
        )

    def edge(self, name: str) -> dict[str, Any] | None:
        """An edge's ports and its configuration as the backend stored it, keys masked."""
        watched = self._watched
        edges = watched.fleet.edges if watched.saved else ()
        edge = next((edge for edge in edges if edge.name == name), None)
        if edge is None:
            return None
        config, problem = self._config(name)
        directory = watched.directories.of(edge)
        about = {
            "name": edge.name,
            "ports": _ports(watched, edge),
            "directory": str(directory) if directory.is_dir() else None,
            "service": edge.service,
            "expected": sorted(watched.view.expected.of_edge(edge.name).components),
            "asked": time.time(),
            "problem": problem,
            "components": config.get("components", {}),
        }
        found = shown(about, _secrets(watched.fleet, edge))
        return found if isinstance(found, dict) else None

    def _config(self, name: str) -> tuple[Mapping[str, Any], str]:
        try:
            return self._watched.view.runtime.database.registry.config(name), ""
        except (FleetError, OSError) as error:
            return {}, str(error)

    def _current(self) -> Watched:
        """The fleet as it is saved now.

        Raises:
            SettingsError: there is none.
        """
        known = self._watched
        if known.state.load() != known.saved or time.monotonic() - self._read_at > _READ_AGAIN_S:
            self._watched = known = self._read_again()
            self._read_at = time.monotonic()
        if known.saved is None:
            raise no_fleet(known.platform)
        return known

    def _log(self, error: Exception) -> None:
        """Say where a look failed, once for each reason: the same one may come back every second."""
        told = repr(error)
        if told != self._logged:
            self._logged = told
            _LOG.error("a look at the fleet failed", exc_info=error)

    def _unanswered(self, problem: str, hint: str, took_s: float) -> Snapshot:
        hint = hint or "inv status"
        about: dict[str, str] = {}
        names: tuple[str, ...] = ()
        with suppress(FleetError, OSError):  # what could not be asked is said already
            watched = self._watched
            if watched.saved is not None:
                about, names = _about(watched), tuple(watched.view.names)
                if not watched.view.runtime.services.running():
                    problem, hint = DOWN
        row = Row(EdgeState.UNKNOWN.value, problem, hint, None, (None,) * len(CHANNELS))
        return Snapshot(time.time(), took_s, problem, hint, about, dict.fromkeys(names, row))


def _secrets(fleet: Fleet, edge: Edge) -> tuple[str, ...]:
    return (edge.apikey, edge.setup_password, fleet.password("backend"), fleet.password("database"))


def _ports(watched: Watched, edge: Edge) -> dict[str, int] | None:
    """The host ports where the edge listens; None for a light edge, which does not, and for one without any."""
    if edge.ports is None or edge.name in watched.view.runtime.edges.light_names:
        return None
    return {"console": edge.ports.console, "websocket": edge.ports.websocket}


def _common_problem(verdicts: Sequence[Verdict]) -> tuple[str, str]:
    """What is wrong with all edges at once, because nothing could be asked."""
    found = {(verdict.why, verdict.hint) for verdict in verdicts if verdict.state is EdgeState.UNKNOWN}
    unknown = all(verdict.state is EdgeState.UNKNOWN for verdict in verdicts)
    return found.pop() if unknown and len(found) == 1 else ("", "")


def _about(watched: Watched) -> dict[str, str]:
    runtime = watched.view.runtime
    return {"platform": _short(watched.platform), "runtime": runtime.name, "stands_for": runtime.stands_for}


def _short(path: Path) -> str:
    """A path as people write it, with ``~`` for their home."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)
