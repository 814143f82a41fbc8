from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.checkout.metadata import FILE, ODOO, Metadata
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.roles import ROLES, WITHOUT_ODOO
from edge_tasks.errors import SettingsError
from edge_tasks.runtimes.docker.edge_files import backend_host, edge_port, is_complete

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.project import Service
    from edge_tasks.runtimes.docker.stack import Stack

EDGE: dict[str, Service] = {"openems-edge": {"image": "openems/edge"}}
PLATFORM: dict[str, Service] = {
    **EDGE,
    "cloud": {"image": "acme/openems-backend"},
    "db": {"image": "postgres:15"},
    "odoo16": {"image": "odoo:16"},
}


@dataclass
class Found:
    """What a stack has found: services, and the backend's configuration where there is one."""

    services: dict[str, Service]
    folder: Path | None = None
    pid: str = ODOO
    context: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(services_named={}))
    edge_port: int = 9081

    @property
    def project(self) -> Project:
        return Project("p", self.services)

    @property
    def backend_files(self) -> Found:
        return self

    @property
    def metadata(self) -> Metadata:
        if self.folder is None:
            raise SettingsError("the backend has no configuration")
        return Metadata(self.pid, PurePosixPath(), 1)

    @property
    def roles(self) -> tuple[str, ...]:
        return ROLES if self.metadata.needs_odoo else WITHOUT_ODOO


def stack(services: dict[str, Service], folder: Path | None = None) -> Stack:
    return cast("Stack", Found(services, folder))


def test_edges_of_a_whole_platform_go_where_its_backend_listens(tmp_path: Path) -> None:
    whole = stack(PLATFORM, tmp_path)
    assert (is_complete(whole), backend_host(whole), edge_port(whole)) == (True, "cloud", 9081)


def test_edges_of_two_programs_go_to_the_second_one(tmp_path: Path) -> None:
    two = stack({**PLATFORM, "gate": {"image": "openems/backend-edge"}}, tmp_path)
    assert (is_complete(two), backend_host(two), edge_port(two)) == (True, "gate", 9081)


def test_edges_do_not_go_to_a_name_that_java_takes_for_no_host(tmp_path: Path) -> None:
    official: dict[str, Service] = {**EDGE, "openems_backend": {"image": "openems/backend"}}
    assert backend_host(stack(official, tmp_path)) == "openems-backend"
    two: dict[str, Service] = {**official, "openems_backend_edge": {"image": "openems/backend-edge"}}
    assert backend_host(stack(two, tmp_path)) == "openems-backend-edge"


def test_without_a_configuration_of_the_backend_its_default_port_is_taken() -> None:
    without = stack(PLATFORM)
    assert (is_complete(without), backend_host(without), edge_port(without)) == (False, "cloud", 8081)


def test_a_backend_that_knows_its_devices_from_a_file_needs_no_odoo(tmp_path: Path) -> None:
    few = {name: service for name, service in PLATFORM.items() if name not in ("db", "odoo16")}
    assert is_complete(cast("Stack", Found(few, tmp_path, FILE)))
    assert not is_complete(cast("Stack", Found(few, tmp_path, ODOO)))


def test_an_edge_alone_gets_the_stock_names_of_what_is_missing(tmp_path: Path) -> None:
    alone = stack(EDGE, tmp_path)
    assert (is_complete(alone), backend_host(alone), edge_port(alone)) == (False, "openems-backend", 8081)


def test_two_backends_are_refused_and_not_taken_for_none(tmp_path: Path) -> None:
    two = stack({**PLATFORM, "other": {"image": "openems/backend"}}, tmp_path)
    for ask in (is_complete, backend_host):
        with pytest.raises(SettingsError, match="cloud or other"):
            ask(two)
