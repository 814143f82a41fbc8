"""The configuration file of the program that has the edges' sockets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.backend.config_file import BadConfigError, port, read_entries, seconds, text
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from pathlib import Path

_KEYS: Final = frozenset(
    ("uri", "id", "host", "edge_port", "report_seconds", "retry_seconds", "ping_seconds"),
)


@dataclass(frozen=True)
class Config:
    """The program's configuration.

    Attributes:
        uri: the backend's websocket for it, as ``ws://127.0.0.1:8083``.
        id: what it calls itself there.
        host: the address on which it listens for edges.
        edge_port: the port on which it does.
        report_seconds: how often the backend is told who is connected, if that has changed.
        retry_seconds: after which it connects to the backend again; a real one waits longer.
        ping_seconds: how often each edge is pinged.
    """

    uri: str
    id: str = "edges0"
    host: str = "127.0.0.1"
    edge_port: int = DEFAULT.backend_ports.edges
    report_seconds: float = 5.0
    retry_seconds: float = 1.0
    ping_seconds: float = 60.0


def read_config(path: Path) -> Config:
    """Read and check a file.

    Raises:
        BadConfigError: it cannot be read, is not JSON, or has a missing, unknown or wrong entry.
    """
    content = read_entries(path, _KEYS)
    uri = text(content, "uri", "")
    if not uri.startswith(("ws://", "wss://")):
        raise BadConfigError("uri is missing or not that of a websocket")
    return Config(
        uri=uri,
        id=text(content, "id", Config.id),
        host=text(content, "host", Config.host),
        edge_port=port(content, "edge_port", Config.edge_port),
        report_seconds=seconds(content, "report_seconds", Config.report_seconds),
        retry_seconds=seconds(content, "retry_seconds", Config.retry_seconds),
        ping_seconds=seconds(content, "ping_seconds", Config.ping_seconds),
    )
