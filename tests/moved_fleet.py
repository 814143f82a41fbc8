"""The page of a fleet that a test moves: it knows no backend, so any state can be shown at once."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edge_tasks.page.server import page_app
from edge_tasks.page.snapshot import Row, Snapshot
from tests.browser import tab
from tests.serving import served
from tests.unmetered import Unmetered
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, ViewportSize

    from edge_tasks.page.energies import EnergySource

DESKTOP: ViewportSize = {"width": 1280, "height": 850}
PHONE: ViewportSize = {"width": 390, "height": 844}
ILL = Row("offline", "its process does not run", "inv up", None, (None,) * 5)


class MovedFleet:
    """A source whose edges a test moves."""

    def __init__(self, edges: int) -> None:
        well = Row("online", "", "", time.time(), (-4499, 5000, 500, -4500, 30))
        self.rows = {f"edge{index}": well for index in range(edges)}
        self.problem = ""
        self.details: dict[str, Any] = {}
        self.answers = threading.Event()
        self.answers.set()

    def look(self, _before: Snapshot) -> Snapshot:
        self.answers.wait(LONG_S)
        return Snapshot(time.time(), 0.0, self.problem, "inv up" if self.problem else "", rows=dict(self.rows))

    def edge(self, name: str) -> dict[str, Any] | None:
        about: dict[str, Any] = {
            "name": name,
            "ports": None,
            "directory": None,
            "expected": [],
            "asked": time.time(),
        }
        return {**about, "problem": "", "components": {}, **self.details}

    def fail(self) -> None:
        """Nothing can be asked any more, as after the backend's death."""
        self.problem = "the backend does not answer"
        row = Row("unknown", self.problem, "inv up", None, (None,) * 5)
        self.rows = dict.fromkeys(self.rows, row)


@contextmanager
def shown(fleet: MovedFleet, energies: EnergySource | None = None, **context: Any) -> Iterator[Page]:
    """The fleet's page in a tab, with a first look if the fleet answers."""
    with (
        served(page_app(fleet, energies or Unmetered(), every_s=0.2)) as url,
        tab(url, **{"viewport": DESKTOP, **context}) as page,
    ):
        if fleet.answers.is_set():
            page.wait_for_selector('#asked[class*="lamp-"]:not(.lamp-waiting)')
        yield page
