"""``inv up``: the backend and the edges run."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import BackendError
from edge_tasks.plan import Plan, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from edge_tasks.checkout.load_shapes import LoadShape
    from edge_tasks.fleet.directories import Written
    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.fleet.record import Record
    from edge_tasks.output import Output, Progress
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.registry.protocol import Registry
    from edge_tasks.runtimes.plans import EdgesToStart
    from edge_tasks.runtimes.protocols import Backend, EdgeHost
    from edge_tasks.steps.devices_read import DevicesRead

_FIRST_S: Final = 5.0
"""A shorter wait needs no progress, and for each question a real backend has a password checked."""
_PAUSE_S: Final = 0.5
_REST: Final = 9.0
"""How many times as long as an answer took is waited before the next: the backend has edges to take."""


@dataclass(frozen=True)
class ToStart:
    """What the step must start.

    Attributes:
        backend: services to start before the edges.
        edges: what must be done for the edges.
    """

    backend: Plan[tuple[str, ...]]
    edges: Plan[EdgesToStart]


@dataclass(frozen=True)
class Up:
    """Makes the backend and exactly the fleet's edges run.

    Attributes:
        backend: takes edges before they start, so that none of them waits for it.
        edges: what runs the edges.
        written: the config directories as they are on the disk, by the edge's name.
        registry: the devices that the backend knows.
        read: what the backend has read.
        record: where it is noted that the fleet is up.
        mark: what is noted, see :func:`mark_of`.
        names: of all edges.
        find_idle: factories of the template that act on a real edge, but not on the light ones of this fleet.
        find_limits: a sentence for each limit of the backend's database that the fleet's meters exceed.
    """

    backend: Backend
    edges: EdgeHost
    written: Mapping[str, Written]
    registry: Registry[Any]
    read: DevicesRead
    record: Record
    mark: str
    names: Sequence[str]
    find_idle: Callable[[], tuple[str, ...]]
    find_limits: Callable[[], tuple[str, ...]]
    output: Output

    def find(self) -> Plan[ToStart]:
        """What does not run, or runs with something else than it should."""
        backend = self.backend.find()
        edges = self.edges.find(self.written)
        changes = ("start the backend",) if backend.changes else ()
        noted = self.record.entries().get("up") == self.mark
        changes = (*changes, *edges.changes, *(() if noted else ("record that the fleet is up",)))
        return Plan(changes, f"backend and {counted(len(self.names), 'edge')} run", ToStart(backend, edges))

    def apply(self, plan: Plan[ToStart]) -> str:
        """Start what does not run: the backend, and as soon as it takes edges, these."""
        did = []
        if plan.details.backend.changes:
            self._start_backend(plan.details)
            did.append("backend started")
        if plan.details.edges.changes:
            with connecting(self.backend.status, self.names, self.output):
                did.append(self.edges.start(plan.details.edges))
            self._tell_of_idle(list(self.find_idle()))
            self._tell_of_limits(list(self.find_limits()))
        if plan.details.backend.changes:
            self.backend.await_ready()
        self.record.note(up=self.mark)
        self.record.forget("paused")
        return ", ".join(did) or "recorded that the fleet is up"

    def _tell_of_idle(self, idle: list[str]) -> None:
        """Say what light edges do not simulate, once, and again only when it is something else."""
        if idle and idle != self.record.entries().get("idle"):
            self.output.line(f"  light edges have these components but do not simulate them: {', '.join(idle)}")
        self.record.note(idle=idle)

    def _tell_of_limits(self, limits: list[str]) -> None:
        """Say what the backend does not answer about, likewise."""
        if limits != self.record.entries().get("limits", []):
            for sentence in limits:
                self.output.line(f"  {sentence}")
            self.record.note(limits=limits)

    def _start_backend(self, plan: ToStart) -> None:
        self.read.remember(self.registry, starting=True)
        with self.output.listening("up"):
            self.backend.start(plan.backend)
            self.edges.make_ready(plan.edges)
            self.find_idle()  # what that needs is loaded while the backend starts
            self.backend.await_open()
        self.read.remember(self.registry)


def mark_of(fleet: Fleet, template_digest: str, shape: LoadShape | None, seed: str) -> str:
    """What distinguishes a fleet that was brought up from the one that is wanted now.

    Args:
        fleet: its size, its kinds of edges, its keys and its ports count.
        template_digest: of the edges' template.
        shape: what light edges follow; without one the seed means nothing.
        seed: what the variation of light edges is drawn from.
    """
    mark = f"{fleet.size}/{fleet.light}/{fleet.key_generation}/{fleet.port_offset}/{template_digest}"
    return f"{mark}/{seed}/{shape.digest}" if shape else mark


@contextmanager
def connecting(status: StatusSource, names: Sequence[str], output: Output) -> Iterator[None]:
    """Show how many of these edges are connected, as the backend says, while the body runs."""
    if output.quiet:
        yield
        return
    over = threading.Event()
    with output.progress("up", len(names), "connected") as progress:
        asking = threading.Thread(target=_ask, args=(status, names, progress, over), daemon=True)
        asking.start()
        try:
            yield
        finally:
            over.set()
            asking.join()


def _ask(status: StatusSource, names: Sequence[str], progress: Progress, over: threading.Event) -> None:
    pause = _FIRST_S
    while not over.wait(pause):
        began = time.monotonic()
        try:
            progress(sum(status.online(names).values()))
        except BackendError:
            continue
        pause = max(_PAUSE_S, _REST * (time.monotonic() - began))
