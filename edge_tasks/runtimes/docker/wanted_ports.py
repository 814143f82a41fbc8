"""The ports of the host that a platform is going to have, and what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.checkout import machine_findings

if TYPE_CHECKING:
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.runtimes.docker.stack import Stack


def wanted_ports(stack: Stack) -> dict[int, str]:
    """Port → what it is for."""
    metrics = _port_of_metrics(stack)
    return {**({metrics: "metrics of the light edges"} if metrics else {}), **_fixed_ports(stack)}


def check_metrics_port(stack: Stack) -> list[Finding]:
    """Refuse a port for metrics that the platform, an edge or our own override has for something else."""
    metrics = _port_of_metrics(stack)
    if not metrics:
        return []
    reached = stack.reached
    added = {port: f"service {reached.inside[word][0]}" for word, port in reached.added.items()}
    own = {**added, **_fixed_ports(stack)}
    return machine_findings.check_metrics_port(metrics, own, stack.context.fleet.port_offset)


def _port_of_metrics(stack: Stack) -> int:
    """Where light edges serve metrics; 0 for nowhere."""
    return stack.light_options.metrics_port if stack.context.fleet.light else 0


def _fixed_ports(stack: Stack) -> dict[int, str]:
    """Port → what it is for, of all but the metrics, which may be served anywhere else."""
    offset = stack.context.fleet.port_offset
    wanted = {
        port + offset: f"service {name}"
        for port, name in stack.project.host_ports().items()
        if name != stack.services.edge
    }
    for edge in stack.context.fleet.edges:
        if edge.ports is not None:
            wanted[edge.ports.console] = f"{edge.name}'s console"
            wanted[edge.ports.websocket] = f"{edge.name}'s websocket"
    return wanted
