"""What the steps ask of a runtime: one shape for ``embedded`` and ``docker``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.adapters.backend_api import BackendApi
    from edge_tasks.adapters.postgres import Database
    from edge_tasks.plan import Plan


@dataclass(frozen=True)
class EdgeProcess:
    """An edge as its runtime sees it.

    Attributes:
        running: its process or container runs.
        why: why it does not, or why it is not connected, in the runtime's words; empty when nothing is known.
        since: when it was started, seconds since 1970.
        ignored: config files that it does not load, each with the reason.
    """

    running: bool
    why: str = ""
    since: float = 0.0
    ignored: tuple[str, ...] = ()


class Runtime(Protocol):
    """Where a fleet runs. ``find_*`` looks and changes nothing; the others do."""

    @property
    def name(self) -> str:
        """``embedded`` or ``docker``."""

    @property
    def stands_for(self) -> str:
        """What of it is real and what is not, for the header line."""

    @property
    def uri(self) -> str:
        """Where the edges connect to."""

    @property
    def api(self) -> BackendApi:
        """The backend's B2B REST API."""

    @property
    def database(self) -> Database:
        """Where the device table is."""

    def find_build(self) -> Plan:
        """What is to be built."""

    def build(self) -> str:
        """Build it; what was done."""

    @property
    def database_is_ready(self) -> bool:
        """PostgreSQL runs, with the device table in it."""

    def prepare_database(self) -> str:
        """Make it so; what was done."""

    def backend_is_current(self) -> bool:
        """The backend runs, as it is to be."""

    def start_backend(self) -> None:
        """Start it, and wait until it answers."""

    def backend_instance(self) -> str | None:
        """What tells this run of the backend from an earlier one; None when it does not run."""

    def backend_started(self) -> float:
        """When it was started, seconds since 1970; 0.0 when it does not run."""

    def read_devices_again(self) -> None:
        """Make the backend read its devices; all edges reconnect."""

    def find_edges(self, digests: Mapping[str, str]) -> tuple[str, ...]:
        """What is to be done so that exactly these edges run, each with what its digest stands for."""

    def start_edges(self, digests: Mapping[str, str]) -> str:
        """Do it; what was done."""

    def processes(self) -> dict[str, EdgeProcess]:
        """The edges that there are, by name."""

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""

    def stop(self) -> tuple[str, ...]:
        """Stop everything; the names of what ran."""

    def purge(self) -> None:
        """Remove what lies outside the state and config directories; refuses where data would be lost."""

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """What people go on with: a word, and where."""
