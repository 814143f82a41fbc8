"""What the steps ask of a runtime: one shape for ``embedded`` and ``docker``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.plan import Plan
    from edge_tasks.registry.odoo.table import Database


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


@dataclass(frozen=True)
class Written:
    """A config directory as it lies on the disk.

    Attributes:
        digest: of what it was made of; empty when it is not there.
        at: when it was written, seconds since 1970.
    """

    digest: str
    at: float

    def __str__(self) -> str:
        """Tells one writing from the next, also of the same inputs (``gen-configs --force``)."""
        return f"{self.digest}-{self.at}"


class Witness(Protocol):
    """Who says which edges are online, and what they measure."""

    @property
    def says(self) -> str:
        """Who that is, for people: ``…, says the backend``."""

    @property
    def remark(self) -> str:
        """What its word lacks, and what to do about it; empty when it lacks nothing."""

    @property
    def is_late(self) -> bool:
        """It may still say what was 30 s ago, and cannot be asked for values."""

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each is connected; one that is not known is absent.

        Raises:
            BackendError: nobody can be asked; with the reason.
        """

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Channel → value, by name; empty where values cannot be asked.

        Raises:
            BackendError: as for :meth:`online`.
        """


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
    def api(self) -> Witness:
        """Who says which edges are online: the backend's B2B REST API, else what it writes into PostgreSQL."""

    @property
    def database(self) -> Database:
        """Where the device table is."""

    def examine(self) -> tuple[Finding, ...]:
        """What is wrong with the machine or the platform."""

    def find_correction(self) -> tuple[str, ...]:
        """What ``doctor --fix`` is still to write."""

    def correct(self) -> None:
        """Write it."""

    def override(self, edges: Sequence[Edge], compose: Callable[[], ComposeFile]) -> str:
        """The text of the compose override; ``compose`` reads the platform's file, where Compose does not."""

    def companions(self) -> dict[Path, str]:
        """Private files that it refers to, in the state directory."""

    def find_build(self) -> Plan:
        """What is to be built."""

    def build(self) -> str:
        """Build it; what was done."""

    @property
    def database_is_ready(self) -> bool:
        """PostgreSQL runs, with the device table in it."""

    def find_database(self) -> tuple[str, ...]:
        """What is still to be done so that it is, and lets the backend in."""

    def prepare_database(self) -> str:
        """Do it; what was done."""

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

    def find_edges(self, written: Mapping[str, Written]) -> tuple[str, ...]:
        """What is to be done so that exactly these edges run, each with its directory as written."""

    def start_edges(self, written: Mapping[str, Written]) -> str:
        """Do it; what was done."""

    def visible(self, names: Sequence[str]) -> frozenset[str] | None:
        """The devices that people see in Odoo; None where there is no Odoo.

        Raises:
            OdooError: it cannot be asked.
        """

    def processes(self) -> dict[str, EdgeProcess]:
        """The edges that there are, by name."""

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """Print the last lines of these edges, of a service, or of all; with ``follow`` what comes, too."""

    def stop(self) -> tuple[str, ...]:
        """Stop everything; the names of what ran."""

    def purge(self) -> str:
        """Remove what lies outside the state and config directories; what became of the database, for people.

        Refuses where data would be lost.
        """

    def claim(self) -> None:
        """Make what edges wrote in their config directories removable by the caller."""

    def addresses(self) -> tuple[tuple[str, str], ...]:
        """What people go on with: a word, and where."""
