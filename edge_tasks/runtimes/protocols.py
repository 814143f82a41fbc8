"""What the steps ask of a runtime: four small protocols, and a few things that not every runtime has.

``find`` and what is named by a noun look and change nothing. ``find`` returns a plan, and whoever carries it out
does exactly what is in it, without looking again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.checkout.findings import Finding
    from edge_tasks.fleet.directories import Written
    from edge_tasks.plan import Plan
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.proof.protocol import EdgeProcess, StatusSource
    from edge_tasks.registry.protocol import Registry
    from edge_tasks.runtimes.address import Address
    from edge_tasks.runtimes.plans import DatabaseToPrepare, EdgesToStart, ImagesToMake, Override
    from edge_tasks.runtimes.storage import Storage


class Services(Protocol):
    """Everything that runs for a fleet, as a whole."""

    @property
    def stands_for(self) -> str:
        """What is real and what is a stand-in, for the header line."""

    def examine(self) -> tuple[Finding, ...]:
        """What is wrong with the machine or the platform."""

    def running(self) -> tuple[str, ...]:
        """The names of what runs."""

    def addresses(self) -> tuple[Address, ...]:
        """The addresses that people need next; those of the same thing follow each other."""

    def override(self) -> Override:
        """The compose override for the fleet's edges."""

    def show_logs(self, edges: Sequence[str], service: str, *, follow: bool) -> None:
        """Print the last lines of these edges, of a service, or of all; with ``follow`` also what comes.

        Raises:
            SettingsError: there is no such service.
        """

    def stop(self, *, is_final: bool = False) -> tuple[str, ...]:
        """Stop everything; the names of what ran.

        Args:
            is_final: a purge follows, so that edges and backend have nothing to save.
        """

    def purge(self) -> str:
        """Remove what lies outside the state and config directories; what became of the database, for people.

        Raises:
            CommandFailed: data of somebody else would be lost; nothing was removed.
            FileRefused: a file that has our entries cannot be read; nothing was removed.
            NotWritable: it cannot be written; nothing was removed.
        """


class Database(Protocol):
    """Where the registry lives, and what must run so that it can be asked."""

    @property
    def registry(self) -> Registry[Any]:
        """The devices that the backend knows."""

    @property
    def is_ready(self) -> bool:
        """Whether the registry can be asked."""

    def find(self) -> Plan[DatabaseToPrepare]:
        """What must still be done so that it can be asked and lets the backend in."""

    def prepare(self, plan: Plan[DatabaseToPrepare]) -> str:
        """Carry out the plan, and return what was done.

        Raises:
            RegistrationError: the server refuses the backend's user or password.
            CommandFailed: a service did not start, or the table could not be made.
        """


class Backend(Protocol):
    """The backend that the edges connect to."""

    @property
    def uri(self) -> str:
        """Where the edges connect to."""

    @property
    def status(self) -> StatusSource:
        """Says which edges are online: the backend's B2B REST API, else what the backend writes elsewhere."""

    @property
    def rest(self) -> BackendApi | None:
        """Its B2B REST API, which alone answers about history; None where there is none to be asked."""

    def find(self) -> Plan[tuple[str, ...]]:
        """The services that do not run, or run with another configuration or image than they should."""

    def start(self, plan: Plan[tuple[str, ...]]) -> None:
        """Start them; :meth:`await_open` waits for the backend.

        Raises:
            CommandFailed: one did not start.
        """

    def await_open(self) -> None:
        """Wait until edges may connect: none of them would be refused, or would have to wait.

        Raises:
            CommandFailed: it ended, or did not open in time.
        """

    def await_ready(self) -> None:
        """Wait until it answers, with its devices.

        Raises:
            CommandFailed: it ended, or did not answer in time.
        """

    def instance(self) -> str | None:
        """What distinguishes this run of the backend from an earlier one; None if it does not run."""

    def takes_edges(self) -> bool:
        """Whether its port for edges is open; also true while it is still starting, and while it does not run."""

    def started(self) -> float:
        """When it was started, seconds since 1970; 0.0 when it does not run."""

    def read_devices_again(self) -> None:
        """Make the backend read its devices; all edges reconnect.

        Raises:
            BackendError: it refused.
            CommandFailed: it did not come back.
        """


class EdgeHost(Protocol):
    """The host of the edges."""

    @property
    def light_names(self) -> frozenset[str]:
        """The names of the light edges."""

    @property
    def since(self) -> str:
        """What :attr:`EdgeProcess.since` is the time of, for people: ``its container was started``."""

    def find(self, written: Mapping[str, Written]) -> Plan[EdgesToStart]:
        """What must be done so that exactly these edges run, each with its directory as written, by name."""

    def make_ready(self, plan: Plan[EdgesToStart]) -> None:
        """Do what takes a while and needs no backend, so that :meth:`start` is quick; it may be left out.

        Raises:
            CommandFailed: it cannot be done.
        """

    def start(self, plan: Plan[EdgesToStart]) -> str:
        """Carry out the plan, and return what was done.

        Raises:
            CommandFailed: an edge or its host did not start.
        """

    def clear(self) -> None:
        """End all edges, and remove what they have counted; :meth:`find` then says that they are to be started.

        Raises:
            CommandFailed: one did not end.
        """

    def processes(self) -> dict[str, EdgeProcess]:
        """The edges that there are, by name."""


class Images(Protocol):
    """What a runtime builds or fetches before it starts anything."""

    def find(self) -> Plan[ImagesToMake]:
        """What is not here, or was built of something else.

        Raises:
            MissingTool: it is not to be built (``--skip-build``), and is not here.
        """

    def make(self, plan: Plan[ImagesToMake]) -> str:
        """Build and fetch; what was done.

        Raises:
            CommandFailed: with the last lines of what the builder said.
        """


class Correction(Protocol):
    """What ``doctor --fix`` writes: copies of the platform's files, corrected."""

    def find(self) -> tuple[str, ...]:
        """What must still be written, one line for each change.

        Raises:
            SettingsError: it is not known where it would have to go.
        """

    def write(self) -> None:
        """Write all of it; the platform's own files stay as they are."""


class Ownership(Protocol):
    """Files that a runtime's services write as another user."""

    def claim(self, adopted: Collection[str]) -> None:
        """Make what they wrote in our config directories, and in these others, removable by the caller."""


class LightEdgesHost(Protocol):
    """What runs the light edges."""

    @property
    def memory_file(self) -> Path:
        """Where it keeps what its edges have counted; see :mod:`edge_tasks.light.host.memories`."""

    def runs(self) -> bool:
        """Whether it runs."""

    def stop(self) -> bool:
        """Have it end, and keep what its edges have counted; whether it ran."""


@dataclass(frozen=True)
class Runtime:
    """Where a fleet runs.

    Attributes:
        name: of its folder, which ``--runtime`` takes, too: ``embedded``, ``docker``, ``swarm``.
        images: None where nothing is built or fetched.
        correction: None where the platform's files are not read.
        ownership: None if only the caller writes files.
        storage: None where no history is stored.
        light_host: what runs the light edges; None if nothing does.
        start_ahead: starts the programs that do not run, so that they load meanwhile; they end with this call if
            it does not have them begin.
    """

    name: str
    services: Services
    database: Database
    backend: Backend
    edges: EdgeHost
    images: Images | None = None
    correction: Correction | None = None
    ownership: Ownership | None = None
    storage: Storage | None = None
    light_host: Callable[[], LightEdgesHost] | None = None
    start_ahead: Callable[[], None] = lambda: None

    @property
    def stands_for(self) -> str:
        """What is real and what is a stand-in, for the header line."""
        return self.services.stands_for
