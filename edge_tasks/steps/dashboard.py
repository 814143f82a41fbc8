"""``inv dashboard``: the page, fed by the same looks as ``inv verify``. It holds no lock and changes nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.cli.session import Session
from edge_tasks.cli.settings import Setting
from edge_tasks.errors import FleetError, SettingsError
from edge_tasks.page import server
from edge_tasks.page.secrecy import shown
from edge_tasks.page.snapshot import CHANNELS, Row, Snapshot, rows_of
from edge_tasks.proof.backend_api import BackendError
from edge_tasks.proof.verdict import DOWN, Condition
from edge_tasks.registry.odoo import table
from edge_tasks.steps.verify import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.cli.invocation import Invocation
    from edge_tasks.proof.verdict import Verdict

_PORT: Final = Setting("port", 8099, lowest=0, highest=65535)
_SECONDS: Final = Setting("seconds", 0, lowest=0, highest=31_536_000)
_READ_AGAIN_S: Final = 10.0
"""How old the page's own reading of the template may be; the saved fleet is read at every look."""


def run(session: Session) -> None:
    """Serve until Ctrl-C.

    Raises:
        MissingTool: the port is taken.
    """
    port, seconds = (_number(session, setting) for setting in (_PORT, _SECONDS))
    options = {"platform": session.options.get("platform")}
    source = FleetSource(options, session.configured, session.invocation)
    console = session.console
    asyncio.run(server.serve(source, port, seconds, console.line, console.worded))


class FleetSource:
    """The fleet as ``verify`` sees it, also when it is changed from another shell meanwhile."""

    def __init__(self, options: Mapping[str, Any], configured: Mapping[str, Any], invocation: Invocation) -> None:
        self._options = options
        self._configured = configured
        self._invocation = invocation
        self._session = self._new_session()
        self._read = time.monotonic()

    def look(self, before: Snapshot) -> Snapshot:
        """Ask once; what cannot be asked is said, with what to type, and no old figure is repeated."""
        started = time.monotonic()
        try:
            session = self._current()
            verdicts = look(session, channels=CHANNELS)
        except (FleetError, BackendError) as error:
            return self._unanswered(str(error), getattr(error, "hint", ""), time.monotonic() - started)
        except Exception as error:  # noqa: BLE001 - a process may end between two questions; the page goes on
            what = f"the look failed ({type(error).__name__}), the next one follows"
            return self._unanswered(what, "", time.monotonic() - started)
        at = time.time()
        problem, hint = _common_problem(verdicts)
        if problem and not session.runtime.running():
            problem, hint = DOWN
        return Snapshot(
            at=at,
            took_s=time.monotonic() - started,
            problem=problem,
            hint=hint,
            about=_about(session),
            rows=rows_of(verdicts, at, before.rows),
        )

    def edge(self, name: str) -> dict[str, Any] | None:
        """An edge's ports and its configuration as the backend stored it, keys masked."""
        session = self._session
        edge = next((edge for edge in session.edges if edge.name == name), None) if session.saved else None
        if edge is None:
            return None
        config, problem = self._config(name)
        about = {
            "name": edge.name,
            "ports": {"console": edge.ports.console, "websocket": edge.ports.websocket} if edge.ports else None,
            "directory": str(session.platform.edges_folder / edge.directory),
            "service": edge.service,
            "expected": [component.id for component in session.template.components],
            "asked": time.time(),
            "problem": problem,
            "components": config.get("components", {}),
        }
        fleet = session.fleet
        secrets = (edge.apikey, edge.setup_password, fleet.password("backend"), fleet.password("database"))
        found: dict[str, Any] = shown(about, secrets)
        return found

    def _config(self, name: str) -> tuple[dict[str, Any], str]:
        try:
            return table.read_config(self._session.runtime.database, name), ""
        except (FleetError, OSError) as error:
            return {}, str(error)

    def _current(self) -> Session:
        """A session of the fleet as it is saved now.

        Raises:
            SettingsError: there is none.
        """
        known = self._session
        if known.state.load() != known.saved or time.monotonic() - self._read > _READ_AGAIN_S:
            self._session = known = self._new_session()
            self._read = time.monotonic()
        if known.saved is None:
            raise SettingsError(f"there is no fleet in {known.platform.path}", hint="inv setup --edges 3")
        return known

    def _new_session(self) -> Session:
        return Session(self._options, frozenset({"dashboard"}), self._configured, self._invocation)

    def _unanswered(self, problem: str, hint: str, took_s: float) -> Snapshot:
        hint = hint or "inv status"
        about: dict[str, str] = {}
        names: tuple[str, ...] = ()
        with suppress(FleetError, OSError):  # what could not be asked is said already
            session = self._session
            if session.saved is not None:
                about, names = _about(session), tuple(edge.name for edge in session.edges)
                if not session.runtime.running():
                    problem, hint = DOWN
        row = Row(Condition.UNKNOWN.value, problem, hint, None, (None,) * len(CHANNELS))
        return Snapshot(time.time(), took_s, problem, hint, about, dict.fromkeys(names, row))


def _common_problem(verdicts: Sequence[Verdict]) -> tuple[str, str]:
    """What is wrong with all edges at once, because nothing could be asked."""
    found = {(verdict.why, verdict.hint) for verdict in verdicts if verdict.condition is Condition.UNKNOWN}
    unknown = all(verdict.condition is Condition.UNKNOWN for verdict in verdicts)
    return found.pop() if unknown and len(found) == 1 else ("", "")


def _about(session: Session) -> dict[str, str]:
    runtime = session.runtime
    return {
        "platform": _short(session.platform.path),
        "runtime": runtime.name,
        "stands_for": runtime.stands_for,
    }


def _short(path: Path) -> str:
    """As people write it: from their home on."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def _number(session: Session, setting: Setting) -> int:
    typed = session.options.get(setting.name)
    return int(setting.checked(typed or setting.default, setting.option))
