from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker.wanted_ports import check_metrics_port, wanted_ports

OFFSET = 1000


def stack(metrics: int, light: int = 1) -> Any:
    """A platform whose Odoo has a port of its own, while our override gives its database one."""
    fleet = Fleet("id", b"secret", 1 + light, port_offset=OFFSET, light=light)
    return SimpleNamespace(
        context=SimpleNamespace(fleet=fleet),
        light_options=SimpleNamespace(metrics_port=metrics),
        project=SimpleNamespace(host_ports=lambda: {10016: "odoo16", 8080: "openems-edge"}),
        services=SimpleNamespace(edge="openems-edge"),
        reached=SimpleNamespace(
            inside={"database": ("db", 5432), "odoo": ("odoo16", 8069)}, added={"database": 16432}
        ),
    )


def console(found: Any) -> int:
    ports = found.context.fleet.edges[0].ports
    assert ports is not None
    return int(ports.console)


@pytest.mark.parametrize(
    ("port", "whose"),
    [(10016 + OFFSET, "service odoo16"), (16432, "service db"), (console(stack(0)), "edge0's console")],
)
def test_metrics_on_a_port_of_a_service_an_edge_or_the_override_are_refused(port: int, whose: str) -> None:
    [found] = check_metrics_port(stack(port))
    assert found.what == f"port {port} is wanted for metrics of the edges and for {whose} at the same time"


@pytest.mark.parametrize("found", [stack(9464 + OFFSET), stack(0), stack(10016 + OFFSET, light=0)])
def test_metrics_elsewhere_nowhere_or_of_no_light_edge_are_not_refused(found: Any) -> None:
    assert check_metrics_port(found) == []


def test_the_port_of_the_metrics_is_one_that_is_wanted_but_takes_no_other_ones_place() -> None:
    assert wanted_ports(stack(10464))[10464] == "metrics of the light edges"
    assert wanted_ports(stack(10016 + OFFSET))[10016 + OFFSET] == "service odoo16"
