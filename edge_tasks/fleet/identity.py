"""The fleet and its edges: names, keys, PIDs and ports, all derived from an index. No I/O.

An edge's identity is a pure function of the fleet's secret and the edge's index. The same fleet has the same
bytes on every run and on every machine, and when it grows or shrinks, the other edges stay the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import string
import uuid
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

from edge_tasks.fleet.limits import DEFAULT_RESERVE, MOST_EDGES
from edge_tasks.openems.release import DEFAULT

APIKEY_LENGTH: Final = 20
"""As Odoo makes them: 20 characters of ``[A-Za-z0-9]`` (addon ``openems``, ``models/device.py``)."""

_BACKEND: Final = DEFAULT.backend_ports
PORTS_TAKEN_BY_PLATFORM: Final = frozenset(
    (_BACKEND.console, _BACKEND.edges, _BACKEND.ui, *(4200, 8086, 10016, 20016))
)
"""Host ports that the platform publishes: those of its backend, then the UI, InfluxDB and Odoo's two."""


DIRECTORY_PREFIX: Final = "config-edge"
"""How the name of every edge's config directory begins."""

_SERVICE_PREFIX: Final = "openems-edge-"
_INDEX: Final = r"(0|[1-9][0-9]*)"
_DIRECTORY: Final = re.compile(DIRECTORY_PREFIX + _INDEX)
_SERVICE: Final = re.compile(_SERVICE_PREFIX + _INDEX)
_UNFINISHED: Final = re.compile(rf"\.{DIRECTORY_PREFIX}{_INDEX}\.(new|old)")

_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_SETUP_PASSWORD: Final = string.ascii_uppercase + string.digits
_STEP: Final = 100
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True)
class Ports:
    """The host ports of an edge: its Felix console (8080 inside) and its websocket (8085 inside)."""

    console: int
    websocket: int


@dataclass(frozen=True)
class Edge:
    """One edge of a fleet.

    Attributes:
        index: from 0.
        name: ``edge<index>``, as Odoo and the backend require it.
        apikey: a secret; never in output, argv or logs.
        ports: None beyond the last host port, for a light edge, and in a Swarm.
        secret: the fleet's, from which the rest is derived when somebody asks for it.
    """

    index: int
    name: str
    apikey: str = field(repr=False)
    ports: Ports | None
    secret: bytes = field(repr=False)

    @property
    def setup_password(self) -> str:
        """``XXXX-XXXX-XXXX-XXXX``, as Odoo makes it; a secret too."""
        return _grouped(_spell(_derive(self.secret, "setup password", self.name), _SETUP_PASSWORD, 16))

    @cached_property
    def seed(self) -> bytes:
        """What the UUIDs of its PIDs are derived from."""
        return _derive(self.secret, "edge", self.name)

    @property
    def service(self) -> str:
        """Its service in the compose override."""
        return f"{_SERVICE_PREFIX}{self.index}"

    @property
    def directory(self) -> str:
        """The name of its config directory, beside the template."""
        return f"{DIRECTORY_PREFIX}{self.index}"

    def new_pid(self, template_pid: str) -> str:
        """The edge's own PID for a factory PID of the template: the last segment becomes a new UUID."""
        factory, _, _ = template_pid.rpartition(".")
        return f"{factory}.{uuid.UUID(bytes=_derive(self.seed, 'pid', template_pid)[:16], version=4)}"


@dataclass(frozen=True)
class Fleet:
    """All wanted edges of a platform.

    Attributes:
        id: a UUID that sorts by time; it marks our rows in the device table.
        secret: 32 random bytes, from which everything secret and unique is derived.
        size: how many edges, 1 to :data:`~edge_tasks.fleet.limits.MOST_EDGES`, light ones included.
        key_generation: counts ``inv rotate-keys``.
        reserve: how many archived rows are registered ahead, for the next edges.
        port_offset: added to every host port.
        light: how many of the edges, the last ones, are light and have no directory.
        keys_are_names: the apikey of an edge is its name, as ``Metadata.Dummy`` wants it.
        has_ports: its edges get ports of this host; not those on the nodes of a Swarm.
    """

    id: str
    secret: bytes = field(repr=False)
    size: int
    key_generation: int = 0
    reserve: int = DEFAULT_RESERVE
    port_offset: int = 0
    light: int = 0
    keys_are_names: bool = False
    has_ports: bool = True

    def edge(self, index: int) -> Edge:
        """The edge with an index, which may be beyond the fleet's size (the reserve)."""
        name = f"edge{index}"
        secret = self._text(f"apikey/{self.key_generation}", name, _ALPHANUMERIC, APIKEY_LENGTH)
        return Edge(
            index=index,
            name=name,
            apikey=name if self.keys_are_names else secret,
            ports=ports_of(index, self.port_offset) if self._may_have_ports(index) else None,
            secret=self.secret,
        )

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Edge 0 to edge size-1."""
        return tuple(map(self.edge, range(self.size)))

    @property
    def full(self) -> int:
        """How many edges have a config directory: edge 0 to edge full-1. All others are light edges."""
        return self.size - self.light

    @cached_property
    def edges_with_directory(self) -> tuple[Edge, ...]:
        """Edge 0 to edge full-1."""
        return tuple(map(self.edge, range(self.full)))

    @cached_property
    def light_edges(self) -> tuple[Edge, ...]:
        """The edges after those, which need no directory."""
        return self.edges[self.full :]

    @cached_property
    def reserved(self) -> tuple[Edge, ...]:
        """The edges that are registered ahead, archived."""
        return tuple(map(self.edge, range(self.size, min(self.size + self.reserve, MOST_EDGES))))

    def _may_have_ports(self, index: int) -> bool:
        return self.has_ports and not self.full <= index < self.size

    def password(self, purpose: str) -> str:
        """A password for a service that the fleet runs itself, 32 characters of ``[A-Za-z0-9]``."""
        return self._text("password", purpose, _ALPHANUMERIC, 32)

    def _text(self, purpose: str, name: str, alphabet: str, length: int) -> str:
        return _spell(_derive(self.secret, purpose, name), alphabet, length)


def index_of_service(name: str) -> int | None:
    """The index in the name of an edge's service: 3 of ``openems-edge-3``; None for any other service."""
    return _index(_SERVICE, name)


def index_of_directory(name: str) -> int | None:
    """The index in the name of an edge's directory: 3 of ``config-edge3``; None for any other directory."""
    return _index(_DIRECTORY, name)


def is_unfinished_directory(name: str) -> bool:
    """Whether an interrupted run left this beside an edge's directory: ``.config-edge3.new`` or ``.old``."""
    return _UNFINISHED.fullmatch(name) is not None


def ports_of(index: int, offset: int = 0) -> Ports | None:
    """Edge 0 has 8080 and 8085, each next edge 100 more; None if that exceeds 65535 (index 575 and up).

    No index meets :data:`PORTS_TAKEN_BY_PLATFORM` while the offset is 0: those end in neither 80 nor 85.
    """
    inside, moved = DEFAULT.edge_ports, offset + _STEP * index
    ports = Ports(inside.console + moved, inside.websocket + moved)
    return ports if ports.websocket <= _HIGHEST_PORT else None


def _index(pattern: re.Pattern[str], name: str) -> int | None:
    found = pattern.fullmatch(name)
    return int(found[1]) if found else None


def _derive(key: bytes, purpose: str, name: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{name}".encode(), "sha256")


def _spell(key: bytes, alphabet: str, length: int) -> str:
    """Evenly distributed letters from a key: bytes that would favour the first letters are skipped."""
    letters, passed_over = _letters(alphabet)
    stream = hashlib.shake_256(key).digest(16 * length)
    return stream.translate(letters, passed_over)[:length].decode()


@cache
def _letters(alphabet: str) -> tuple[bytes, bytes]:
    """For :meth:`bytes.translate`: the letter of each byte, and the bytes that have none."""
    even = 256 - 256 % len(alphabet)
    return "".join(alphabet[byte % len(alphabet)] for byte in range(256)).encode(), bytes(range(even, 256))


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
