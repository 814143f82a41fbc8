"""Small neighbours of the steps, held in memory: what they were asked to do is what a test looks at."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from edge_tasks.errors import BackendError, RegistrationError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.plan import Plan
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.registry.protocol import DeviceReport, Registration, Words, fingerprint
from edge_tasks.runtimes.plans import EdgesToStart

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from edge_tasks.fleet.directories import Written
    from edge_tasks.output import Counting, Progress
    from edge_tasks.timedata.span import Span

FLEET = Fleet(id="f", secret=b"s" * 32, size=3)


@dataclass
class Lines:
    """An output that keeps what it was told."""

    quiet: bool = False
    is_screen: bool = True
    is_read_by_program: bool = False
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    steps: list[tuple[str, str, bool]] = field(default_factory=list)
    found: dict[str, object] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)

    def line(self, text: str, _indent: int = 2) -> None:
        self.lines.append(text)

    def fault(self, text: str, _indent: int = 2) -> None:
        self.faults.append(text)

    def table(self, _titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.rows += [tuple(row) for row in rows]

    def step(self, name: str, did: str, _seconds: float, *, changed: bool, is_shown: bool = True) -> None:
        if is_shown:
            self.steps.append((name, did, changed))

    @contextmanager
    def progress(self, _title: str, _total: int, _noun: str) -> Iterator[Progress]:
        yield lambda done, _total=None, /: self.done.append(done)

    @contextmanager
    def download(self, _title: str) -> Iterator[Progress]:
        yield lambda done, _total=None, /: self.done.append(done)

    @contextmanager
    def listening(self, _title: str, _counting: Counting = lambda _line: None) -> Iterator[None]:
        yield

    def redraw(self) -> None:
        self.lines.clear()

    def document(self, **found: object) -> None:
        self.found.update(found)


@dataclass
class Entries:
    """A registry: name → apikey."""

    fleet: Fleet
    keys: dict[str, str] = field(default_factory=dict)
    why: str = ""
    archived: set[str] = field(default_factory=set)

    words: ClassVar[Words] = Words("row", "rows", "the device table", "in Odoo")
    is_read_at_start: ClassVar[bool] = True
    keeps_configs: ClassVar[bool] = True

    def __str__(self) -> str:
        return "a registry in memory"

    def find(self, *, adopt: bool) -> Registration[None]:
        assert not adopt
        wanted = {edge.name: edge.apikey for edge in self.fleet.edges}
        changed = tuple(name for name in wanted if self.keys.get(name, wanted[name]) != wanted[name])
        return Registration(
            added=tuple(name for name in wanted if name not in self.keys),
            changed=changed,
            unarchived=tuple(name for name in wanted if name in self.archived),
            archived=tuple(name for name in self.keys if name not in wanted),
            kept=sum(self.keys.get(name) == key for name, key in wanted.items() if name not in self.archived),
            reserved=0,
            reserve_added=(),
            reserve_changed=(),
            details=None,
        )

    def write(self, planned: Registration[None], progress: Callable[[int], None]) -> None:
        self.keys = {edge.name: edge.apikey for edge in self.fleet.edges}
        self.archived.clear()
        progress(planned.written)

    def fingerprints(self) -> dict[str, str]:
        return {name: fingerprint(key) for name, key in self.keys.items()}

    def reports(self, names: Sequence[str]) -> dict[str, DeviceReport]:
        if self.why:
            raise RegistrationError(self.why)
        own = {edge.name: edge.apikey for edge in self.fleet.edges}
        return {
            name: DeviceReport(
                is_active=True,
                key_is_own=self.keys[name] == own.get(name),
                components=frozenset({"ctrlBackend0"}),
                message_age_s=1.0,
            )
            for name in names
            if name in self.keys
        }

    def config(self, _name: str) -> dict[str, Any]:
        return {}

    def visible(self, _names: Sequence[str]) -> frozenset[str] | None:
        return None

    def remove(self) -> str:
        self.keys.clear()
        return "our entries"


@dataclass
class Status:
    """Says who is online; nobody can be asked while ``silent``."""

    online_now: set[str] = field(default_factory=set)
    silent: bool = False
    forgotten: set[str] = field(default_factory=set)
    says: str = "the test"
    remark: str = ""
    is_late: bool = False
    measured: list[list[str]] = field(default_factory=list)
    sees_values: bool = True

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        if self.silent:
            raise BackendError("the backend does not answer")
        return {name: name in self.online_now for name in names if name not in self.forgotten}

    @staticmethod
    def components(_names: Sequence[str]) -> dict[str, frozenset[str]]:
        return {}

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
        self.measured.append(list(names))
        return {name: dict.fromkeys(channels, 7) for name in names}


@dataclass
class Backend:
    """A backend that is started by a plan, and counts its lives."""

    status: Status = field(default_factory=Status)
    lives: int = 0
    stale: tuple[str, ...] = ("backend",)
    read_again: int = 0
    uri: str = "ws://backend:8081"
    started_at: float = 1_000_000.0
    is_open: bool = True
    rest: None = None

    def find(self) -> Plan[tuple[str, ...]]:
        return Plan(self.stale, "the backend runs", self.stale)

    def start(self, plan: Plan[tuple[str, ...]]) -> None:
        assert plan.details == self.stale
        self.lives, self.stale = self.lives + 1, ()

    def await_open(self) -> None:
        self.is_open = True

    def await_ready(self) -> None: ...

    def instance(self) -> str | None:
        return str(self.lives) if self.lives else None

    def started(self) -> float:
        return self.started_at + self.lives if self.lives else 0.0

    def takes_edges(self) -> bool:
        return self.is_open

    def read_devices_again(self) -> None:
        self.read_again += 1
        self.is_open = True
        self.lives += 1


@dataclass
class Host:
    """Runs edges; an edge is online as soon as it is started."""

    fleet: Fleet
    status: Status
    since: str = "it was started"
    running: set[str] = field(default_factory=set)
    looks: int = 0

    @property
    def light_names(self) -> frozenset[str]:
        return frozenset()

    def find(self, written: Mapping[str, Written]) -> Plan[EdgesToStart]:
        self.looks += 1
        make = tuple(edge for edge in self.fleet.edges if edge.name in written and edge.name not in self.running)
        changes = (f"start {len(make)} edges",) if make else ()
        return Plan(changes, "edges run", EdgesToStart(make=make))

    def make_ready(self, plan: Plan[EdgesToStart]) -> None: ...

    def start(self, plan: Plan[EdgesToStart]) -> str:
        self.running |= {edge.name for edge in plan.details.make}
        self.status.online_now |= self.running
        return f"{len(plan.details.make)} edges started"

    def clear(self) -> None:
        self.running.clear()

    def processes(self) -> dict[str, EdgeProcess]:
        return {name: EdgeProcess(running=True, since=1_000_000.0) for name in self.running}


@dataclass
class LateHistory:
    """A history whose backend stores what edges have sent only when it is settled, and edges go on meanwhile.

    Attributes:
        waiting: the times of points that the backend has not stored yet.
        stored: the times of those that it has.
    """

    waiting: list[int] = field(default_factory=list)
    stored: list[int] = field(default_factory=list)

    def describe(self) -> str:
        return "a history that is late"

    def settle(self) -> None:
        time.sleep(0.002)
        self.stored += [*self.waiting, time.time_ns() // 1_000_000]
        self.waiting = []
        time.sleep(0.002)

    def delete(self, _edges: Collection[str], span: Span) -> None:
        self.stored = [at for at in self.stored if not span.begin <= at < span.end]
