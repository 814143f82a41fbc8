from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.added_edge import with_edge
from edge_tasks.checkout.project import Project

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Service


def project(**services: Service) -> Project:
    return Project("p", {name.replace("_", "-"): service for name, service in services.items()})


@pytest.mark.parametrize(
    ("backend", "edge"),
    [
        ("openems/backend:2026.1.0", "openems/edge:2026.1.0"),
        ("mirror.example.org/openems/backend", "mirror.example.org/openems/edge"),
        ("openems/backend:latest@sha256:0123", "openems/edge:latest"),
        ("acme/openems-backend:7", "openems/edge:latest"),
    ],
)
def test_a_checkout_without_an_edge_gets_one_of_the_backends_release(backend: str, edge: str) -> None:
    found = with_edge(project(openems_backend={"image": backend}), {})
    assert found.added == "openems-edge"
    assert found.services["openems-edge"] == {"image": edge}


def test_it_is_in_the_networks_of_the_program_that_edges_connect_to() -> None:
    both = project(
        openems_backend={"image": "openems/backend:2026.2.0", "networks": {"inner": None}},
        gate={"image": "openems/backend-edge:2026.3.0", "networks": {"outer": {"aliases": ["x"]}}},
    )
    assert with_edge(both, {}).services["openems-edge"] == {
        "image": "openems/edge:2026.3.0",
        "networks": {"outer": None},
    }


@pytest.mark.parametrize(
    ("services", "named"),
    [
        ({"openems_backend": {"image": "openems/backend"}, "house": {"image": "openems/edge"}}, {}),
        ({"openems_backend": {"image": "openems/backend"}, "x": {"image": "y"}}, {"edge": "x"}),
        ({"openems_backend": {"image": "a"}, "a": {"image": "openems/edge"}, "b": {"image": "openems/edge"}}, {}),
        ({"ui": {"image": "openems/ui-edge"}}, {}),
    ],
)
def test_nothing_is_added_where_there_is_an_edge_or_no_backend(
    services: dict[str, Service], named: dict[str, str]
) -> None:
    found = project(**services)
    assert with_edge(found, named) == found
