from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.project import Project
from edge_tasks.checkout.roles import find_backend, find_own_edge, find_services, missing_roles, reason_for
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Port, Service

STOCK: dict[str, Service] = {
    "db": {"image": "postgres:15"},
    "odoo16": {"image": "odoo:16.0", "ports": [{"target": 8069, "published": "10016", "protocol": "tcp"}]},
    "influxdb": {"image": "influxdb:2.7"},
    "openems-backend": {"image": "openems-backend:latest"},
    "openems-edge": {"build": {"context": "/x/openems-edge"}},
    "openems-ui": {"image": "openems-ui:latest"},
}
RENAMED: dict[str, Service] = {
    "postgresql": {"image": "docker.io/library/postgres:15"},
    "erp": {"image": "odoo", "ports": [{"target": 8069, "published": "8069", "protocol": "tcp"}]},
    "cloud": {"image": "openems/backend:2024.7.0", "ports": [{"target": 8081, "published": "8081"}]},
    "house": {"build": {"context": "/x/openems-edge"}},
}


def test_the_stock_names_are_known() -> None:
    found = find_services(Project("p", STOCK), {}, {})
    assert (found.edge, found.backend, found.database, found.odoo) == (
        "openems-edge",
        "openems-backend",
        "db",
        "odoo16",
    )
    assert found.others == ("influxdb", "openems-ui")


@pytest.mark.parametrize("name", ["openems_backend_edge", "openems-backend-edge", "gate"])
def test_the_second_program_of_a_backend_is_not_taken_for_the_backend(name: str) -> None:
    two: dict[str, Service] = {**STOCK, name: {"image": "openems/backend-edge", "ports": [{"target": 8081}]}}
    found = find_services(Project("p", two), {}, {})
    assert (found.backend, found.backend_edge, found.door) == ("openems-backend", name, name)
    assert name in found.platform
    assert name not in found.others


def test_edges_connect_to_the_backend_where_it_is_one_program() -> None:
    assert find_services(Project("p", STOCK), {}, {}).door == "openems-backend"


def test_the_second_program_may_be_named() -> None:
    two: dict[str, Service] = {**STOCK, "a": {"image": "x"}}
    assert find_services(Project("p", two), {"backend-edge": "a"}, {}).backend_edge == "a"
    with pytest.raises(SettingsError, match="'b' as the backend-edge service"):
        find_services(Project("p", two), {"backend-edge": "b"}, {})


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ({"image": "acme/openems-backend:1"}, "its image acme/openems-backend:1"),
        ({"build": {"context": "/x/openems-backend"}}, "it is built in /x/openems-backend"),
        ({"image": "y", "ports": [{"target": 8081}]}, "its port 8081"),
    ],
)
def test_why_a_service_is_the_backend_can_be_said(service: Service, why: str) -> None:
    project = Project("p", {"cloud": service})
    assert reason_for("backend", "cloud", project, {}, {}) == why
    assert reason_for("backend", "cloud", project, {"backend": "cloud"}, {}) == "invoke.yaml names it"


def test_other_names_are_found_by_image_context_and_port() -> None:
    found = find_services(Project("p", RENAMED), {}, {})
    assert (found.edge, found.backend, found.database, found.odoo) == ("house", "cloud", "postgresql", "erp")


def test_what_the_backend_is_wired_to_beats_what_looks_like_it() -> None:
    two: dict[str, Service] = {**STOCK, "openems-database": {"image": "postgres:15"}}
    assert find_services(Project("p", two), {}, {"database": "openems-database"}).database == "openems-database"


def test_what_is_named_beats_all() -> None:
    two: dict[str, Service] = {**STOCK, "db2": {"image": "postgres:15"}}
    assert find_services(Project("p", two), {"database": "db2"}, {"database": "db"}).database == "db2"


def test_a_name_that_is_not_a_service_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"'pg'.*db, odoo16"):
        find_services(Project("p", STOCK), {"database": "pg"}, {})


@pytest.mark.parametrize(
    "services", [{"a": {"image": "x"}}, {"a": {"image": "postgres"}, "b": {"image": "postgres"}}]
)
def test_nobody_or_two_for_a_role_says_where_to_name_one(services: dict[str, Service]) -> None:
    rest = {name: STOCK[name] for name in ("openems-edge", "openems-backend", "odoo16")}
    with pytest.raises(SettingsError) as refused:
        find_services(Project("p", {**rest, **services}), {}, {})
    assert "services: {database: NAME}" in refused.value.hint


def test_a_platform_without_backend_database_and_odoo_is_told_which_runtime_needs_none() -> None:
    edge_alone = Project("p", {"edge": {"image": "openems/edge"}, "ui": {"image": "openems/ui-edge"}})
    assert find_own_edge(edge_alone, {}) == "edge"
    assert missing_roles(edge_alone, {}) == ("backend", "database", "odoo")
    assert missing_roles(edge_alone, {"odoo": "ui"}) == ("backend", "database")
    with pytest.raises(SettingsError, match="no service for the backend: none of edge, ui looks") as refused:
        find_backend(edge_alone, {})
    assert "--runtime embedded" in refused.value.hint


def test_generated_edges_are_no_other_services_and_no_platforms_edge() -> None:
    grown: dict[str, Service] = {**STOCK, "openems-edge-0": {"image": "openems-edge:latest"}}
    found = find_services(Project("p", grown), {}, {})
    assert found.edge == "openems-edge"
    assert "openems-edge-0" not in found.platform


def test_the_backend_alone_is_found_before_anything_is_read() -> None:
    assert find_backend(Project("p", RENAMED), {}) == "cloud"


def test_a_service_that_is_only_built_has_composes_own_image_name() -> None:
    assert Project("p", STOCK).image("openems-edge") == "p-openems-edge"


def test_a_doubled_dollar_is_the_one_that_a_container_gets() -> None:
    assert Project("p", {"db": {"environment": {"P": "a$$b"}}}).environment("db") == {"P": "a$b"}


def test_ports_are_moved_as_they_are_written() -> None:
    ports: list[Port] = [
        {"target": 8069, "published": "10016", "protocol": "tcp"},
        {"target": 53, "published": "5300", "protocol": "udp", "host_ip": "127.0.0.1"},
        {"target": 9000, "protocol": "tcp"},
    ]
    project = Project("p", {"s": {"ports": ports}})
    assert project.shifted_ports("s", 1000) == ("11016:8069", "127.0.0.1:6300:53/udp", "9000")
    assert project.host_ports() == {10016: "s"}
    assert project.published("s", 8069) == 10016
    assert project.published("s", 9000) is None
