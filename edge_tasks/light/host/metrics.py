"""A light host's metrics for Prometheus, out of the status files of its parts; nothing is counted here.

A part counts from zero when it is started again: what it had counted before is kept, so that no counter falls.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson
from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from wsgiref.simple_server import WSGIServer

    from prometheus_client.core import Metric

    from edge_tasks.light.host.fleet import Fleet

_LOG: Final = logging.getLogger(__name__)
_PREFIX: Final = "edge_tasks_light"
_TRY_EVERY: Final = 3.0
"""In seconds. An outgoing connection may hold the port only for a while."""
_STATES: Final = ("starting", "connecting", "connected", "refused", "waiting", "unconfigured")
_COUNTERS: Final = {
    "messages": ("messages", "Messages sent by edges."),
    "bytes": ("sent_bytes", "Bytes of these messages, without their frames."),
    "connects": ("connects", "Connections that a backend accepted and kept."),
    "disconnects": ("disconnects", "How many of those have ended."),
    "refusals": ("refusals", "Connections that a backend dropped at once: is the apikey known?"),
    "dropped": ("dropped_messages", "Messages that were thrown away because the backend took nothing."),
    "resent": ("resent_messages", "Messages with values from the time without a connection."),
    "cycles": ("cycles", "Cycles of all edges."),
    "late_cycles": ("late_cycles", "How many of those were late."),
}
"""What a status file counts → name and meaning."""


@dataclass(frozen=True)
class Part:
    """The figures of a part's status file.

    Attributes:
        pid: of the process.
        written: epoch seconds.
        counters: by their names in the file.
        states: how many edges are in each.
    """

    pid: int
    written: float
    counters: Mapping[str, float]
    states: Mapping[str, int]


class Metrics(Collector):
    """Serves the metrics of one fleet. Requests have threads of their own; the supervisor reports its parts.

    Args:
        fleet: whose.
        nodes: the part → the machine on which it runs; None if all of them run on this one.
    """

    def __init__(self, fleet: Fleet, nodes: Callable[[], Mapping[int, str]] | None = None) -> None:
        self._fleet = fleet
        self._nodes = nodes
        self._lock = threading.Lock()
        self._parts: dict[int, Part] = {}
        self._ended: dict[str, int] = dict.fromkeys(_COUNTERS, 0)
        self._restarts = 0
        self._address: tuple[str, int] | None = None
        self._server: WSGIServer | None = None
        self._due = 0.0

    def serve(self, fleet: Fleet) -> None:
        """Take over a fleet, and serve where it says; a port that is taken is tried again every few seconds."""
        self._fleet = fleet
        address = (fleet.metrics_host, fleet.metrics_port) if fleet.metrics_port else None
        if address != self._address:
            self.close()
            self._address, self._due = address, 0.0
        if self._address is not None and self._server is None and time.monotonic() >= self._due:
            self._open(*self._address)

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server = self._address = None

    def _open(self, host: str, port: int) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        try:
            self._server, _ = start_http_server(port, host, registry)
        except OSError as error:
            if not self._due:
                _LOG.error("no metrics on %s:%d: %s; take another --metrics-port", host, port, error.strerror)
            self._due = time.monotonic() + _TRY_EVERY
        else:
            _LOG.info("metrics on http://%s:%d/metrics", host, port)

    def ending(self, index: int) -> None:
        """Read the file of a part that is about to end, or has just ended, for the last time."""
        with self._lock:
            self._read_part(index)

    def ended(self, index: int, *, again: bool) -> None:
        """Note that a part has ended, and whether it is started again."""
        with self._lock:
            self._restarts += again
            self._add_up(self._parts.pop(index, None))

    def collect(self) -> Iterator[Metric]:
        """Called by the library for each answer."""
        with self._lock:
            for index in range(max(1, self._fleet.processes)):
                self._read_part(index)
            parts = dict(sorted(self._parts.items()))
            totals = {key: self._total(key) for key in _COUNTERS}
        nodes = self._nodes() if self._nodes else {}
        of_node = ("node",) if self._nodes else ()
        states = self._states(parts, nodes)
        yield _gauge(
            "edges", "Edges by state; an edge is down if its part does not run.", ("state", *of_node), states
        )
        yield GaugeMetricFamily(f"{_PREFIX}_parts", "Processes that run edges.", value=len(parts))
        yield CounterMetricFamily(
            f"{_PREFIX}_part_restarts", "How often a part died and was started again.", value=self._restarts
        )
        labels = {index: (str(index), nodes.get(index, "")) for index in parts}
        lags = {labels[index]: part.counters.get("lag_s", 0.0) for index, part in parts.items()}
        yield _gauge(
            "lag_seconds",
            "How late the slowest cycle since the previous status was, by part.",
            ("part", *of_node),
            lags,
        )
        ages = {labels[index]: max(0.0, time.time() - part.written) for index, part in parts.items()}
        yield _gauge("status_age_seconds", "How old the status of a part is.", ("part", *of_node), ages)
        for key, (name, what) in _COUNTERS.items():
            yield CounterMetricFamily(f"{_PREFIX}_{name}", what, value=totals[key])

    def _states(self, parts: Mapping[int, Part], nodes: Mapping[int, str]) -> dict[tuple[str, str], float]:
        """State and node → how many edges; those that are down are on no node."""
        places = {nodes.get(index, "") for index in parts} or {""}
        states = {(state, place): 0 for place in sorted(places) for state in _STATES}
        for index, part in parts.items():
            for state, count in part.states.items():
                key = state, nodes.get(index, "")
                states[key] = states.get(key, 0) + count
        return {**states, ("down", ""): max(0, len(self._fleet.edges) - sum(states.values()))}

    def _total(self, key: str) -> int:
        return self._ended[key] + sum(int(part.counters.get(key, 0)) for part in self._parts.values())

    def _read_part(self, index: int) -> None:
        """Read a part's file; when it is that of another process than before, keep the earlier one's counters."""
        found = _read(self._fleet.part_file(index))
        if found is None:
            return
        before = self._parts.get(index)
        if before is not None and before.pid != found.pid:
            self._add_up(before)
        self._parts[index] = found

    def _add_up(self, part: Part | None) -> None:
        """Keep what a process counted that has ended."""
        for key in self._ended:
            self._ended[key] += int(part.counters.get(key, 0)) if part is not None else 0


def _read(path: Path) -> Part | None:
    """The figures of a status file; None when it cannot be read."""
    try:
        status = orjson.loads(path.read_bytes())
        states: dict[str, int] = {}
        for edge in status["edges"].values():
            states[edge["state"]] = states.get(edge["state"], 0) + 1
        return Part(int(status["pid"]), float(status["written"]), dict(status.get("counters", {})), states)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _gauge(
    name: str, what: str, labels: Sequence[str], values: Mapping[tuple[str, str], float]
) -> GaugeMetricFamily:
    """A gauge with as many of the values' labels as there are names."""
    family = GaugeMetricFamily(f"{_PREFIX}_{name}", what, labels=labels)
    for key, value in values.items():
        family.add_metric(key[: len(labels)], value)
    return family
