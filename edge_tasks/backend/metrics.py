"""The stand-in's counters as Prometheus reads them, formatted on request; nothing is stored twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prometheus_client.core import Metric

    from edge_tasks.backend.stand_in import Backend

_Family = TypeVar("_Family", GaugeMetricFamily, CounterMetricFamily)
_PREFIX: Final = "edge_tasks_backend"


def text_of(backend: Backend) -> bytes:
    """All metrics of a backend, and those of its process (memory, CPU time, open files)."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(BackendCollector(backend))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class BackendCollector(Collector):
    """What a backend counts."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def collect(self) -> Iterator[Metric]:
        """Called by the library for each answer."""
        backend, counters = self._backend, self._backend.counters
        online = backend.devices.online
        edges = {"online": online, "offline": len(backend.devices) - online}
        yield _gauge("edges", "Devices in the device table, by whether they have an open socket.", "state", edges)
        connected = counters.connects - counters.disconnects
        yield _gauge("connections", "Open sockets of edges.", value=connected)
        yield _gauge(
            "queue", "Devices with something that waits to be written, by what it is.", "what", backend.queues
        )
        yield _gauge("lag_seconds", "How late the pulse of the last second was.", value=backend.lag)
        by_method = counters.by_method()
        yield _counter("messages", "Messages from edges, by method; each is counted once.", "method", by_method)
        for name, (what, value) in {
            "received_bytes": ("Bytes of all messages from edges, without their frames.", counters.received),
            "requests": ("Requests sent to edges.", counters.requests),
            "connects": ("Sockets that were accepted.", counters.connects),
            "disconnects": ("How many of those have ended.", counters.disconnects),
            "refusals": ("Sockets with an unknown or missing apikey.", counters.refusals),
            "unanswered_pings": ("Sockets that were dropped because no pong came.", counters.unanswered),
        }.items():
            yield _counter(name, what, value=value)


def _gauge(
    name: str, what: str, label: str = "", values: Mapping[str, float] | None = None, *, value: float = 0
) -> GaugeMetricFamily:
    if values is None:
        return GaugeMetricFamily(f"{_PREFIX}_{name}", what, value=value)
    return _with_values(GaugeMetricFamily(f"{_PREFIX}_{name}", what, labels=[label]), values)


def _counter(
    name: str, what: str, label: str = "", values: Mapping[str, float] | None = None, *, value: float = 0
) -> CounterMetricFamily:
    if values is None:
        return CounterMetricFamily(f"{_PREFIX}_{name}", what, value=value)
    return _with_values(CounterMetricFamily(f"{_PREFIX}_{name}", what, labels=[label]), values)


def _with_values(family: _Family, values: Mapping[str, float]) -> _Family:
    for key, number in values.items():
        family.add_metric([key], number)
    return family
