"""What the steps ask of a runtime about the place where its backend stores history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.output import Progress
    from edge_tasks.plan import Plan
    from edge_tasks.runtimes.plans import Arrival, Entrance
    from edge_tasks.timedata.protocol import History, KeptHistory


class Publication(Protocol):
    """Makes a place that holds history reachable from here, as a step."""

    def find(self) -> Plan[str]:
        """What must be changed for that; a refusal if data would be lost."""

    def apply(self, plan: Plan[str]) -> str:
        """Change it, and return what was done.

        Raises:
            CommandFailed: it cannot be reached afterwards either.
        """


class Storage(Protocol):
    """Where the backend stores history."""

    @property
    def provider(self) -> str:
        """The backend's component that answers about it: ``Timedata.InfluxDB``."""

    @property
    def outlives_edges(self) -> bool:
        """Whether the points of an edge stay when it leaves the fleet."""

    def history(self) -> History:
        """The stored history, as it is reached from here.

        Raises:
            SettingsError: the backend stores no history, or where nobody else can write.
            HistoryError: it does not run.
        """

    @property
    def publication(self) -> Callable[[], Publication] | None:
        """What makes it reachable from here; None where it always is."""

    def entrance(self) -> Entrance:
        """Where the backend takes what edges send, and stores it."""

    def kept(self) -> KeptHistory | None:
        """The stored history, whether its server runs or not; None if a purge removes all of it anyway."""

    def start_kept(self) -> History:
        """The stored history, with its server started, so that something can be removed.

        Raises:
            FleetError: it cannot be reached.
        """

    def arrival(self, names: Sequence[str], progress: Progress) -> Arrival | None:
        """Whether points of these edges arrive there, or None if none are stored, or nobody can tell.

        It waits as long as the backend may take to write; ``progress`` is told how many edges have points.
        """
