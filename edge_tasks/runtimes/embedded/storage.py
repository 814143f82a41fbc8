"""Where the stand-in backend stores history: in the PostgreSQL that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.runtimes.embedded.processes import HOST
from edge_tasks.runtimes.plans import UNKNOWN_S, Entrance
from edge_tasks.timedata.embedded.database import Database
from edge_tasks.timedata.embedded.moments import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.output import Progress
    from edge_tasks.runtimes.embedded.processes import Processes
    from edge_tasks.timedata.embedded.history import EmbeddedHistory


@dataclass(frozen=True)
class EmbeddedStorage:
    """The history beside the device table."""

    processes: Processes

    @property
    def provider(self) -> str:
        """Whose answers the backend gives."""
        return self.processes.timedata

    @property
    def outlives_edges(self) -> bool:
        """Whether the points of an edge stay when it leaves the fleet: the database removes them."""
        return False

    def history(self) -> EmbeddedHistory:
        """The history, as it is reached from here."""
        from edge_tasks.timedata.embedded.history import EmbeddedHistory  # noqa: PLC0415 - numpy takes 100 ms

        found, own = self.processes, self.processes.database
        database = Database(own.host, own.port, own.name, own.user, own.password)
        return EmbeddedHistory(database, found.folder, found.console)

    @property
    def publication(self) -> None:
        """PostgreSQL is always reached."""

    def entrance(self) -> Entrance:
        """The stand-in backend, which thins what edges have sent to two points in a quarter hour."""
        deaf_s = 0.0 if self.processes.manager_port is None else UNKNOWN_S
        return Entrance(f"ws://{HOST}:{self.processes.edge_port}", QUARTER_MS, deaf_s)

    def kept(self) -> None:
        """Nothing of it: a purge removes the database."""

    def start_kept(self) -> EmbeddedHistory:
        """Nothing is kept, so this is not asked."""
        return self.history()

    def arrival(self, _names: Sequence[str], _progress: Progress) -> None:
        """The backend writes what it has heard by itself, so there is nothing to prove."""
