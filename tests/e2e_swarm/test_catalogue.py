"""Faults of an edge in the swarm runtime, some as in the docker runtime: see docs/reference/faults.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.billing_client import BillingClient
from tests.catalogue import EVERYBODY, Case, run
from tests.e2e_docker.test_catalogue import BACKEND, LIGHT, docker
from tests.e2e_docker.test_catalogue import CASES as OF_DOCKER
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EDGE = "    image: openems-edge:swarmed\n"
QUICK = f"{EDGE}    environment: {{EDGE_RETRY_SECONDS: '3'}}\n"
HERE = "node.role==manager"
"""Where edges with a directory need no registry for their image."""
WAITS = "its task waits for a node: no suitable node"


def service_of(fleet: Any, ending: str) -> str:
    """The Swarm's name of a service of the fleet."""
    names = fleet.docker("service", "ls", "--format", "{{.Name}}").split()
    [found] = [name for name in names if name.endswith(ending)]
    return str(found)


def remove(ending: str) -> Callable[[Any], object]:
    """As somebody may who types no ``inv``."""
    return lambda fleet: fleet.docker("service", "rm", service_of(fleet, ending))


def make_available(fleet: Any, how: str) -> None:
    """Say for the node where the edges may be whether it takes tasks."""
    [node] = fleet.docker("node", "ls", "--filter", "role=manager", "--format", "{{.Hostname}}").split()
    fleet.docker("node", "update", "--availability", how, node)


def drain(fleet: Any) -> None:
    """The only node that edges may be on takes none any more, and their tasks wait for another one."""
    make_available(fleet, "drain")

    def all_wait() -> bool:
        edges = fleet.document("status", "--json")["edges"]
        return all(edge["why"].startswith(WAITS) for edge in edges)

    await_that(all_wait, within_s=60, every_s=0.5)


def change_value(fleet: Any) -> None:
    """As people do in the UI: the edge writes it into its own directory, which is in its container."""
    client = BillingClient(f"http://127.0.0.1:{fleet.port(BACKEND, 8075)}", "admin:odoo admin")
    changed = [{"name": "values", "value": [4711]}]
    client.ask("edge1", "updateComponentConfig", componentId="datasource1", properties=changed)
    power = "meter1/ActivePower"
    await_that(lambda: client.values(["edge1"], [power])["edge1"][power] == 4711, within_s=30, every_s=0.5)


SAME: tuple[str, ...] = (
    "a fleet that is down",
    "PostgreSQL is stopped",
    "the database has another password",
    "the backend is killed",
    "the row is deleted",
    "the row is archived",
    "the row has another apikey",
)
"""Cases of the docker runtime, as they are there."""

CASES: dict[str, Case] = {
    "the service of an edge is removed": Case("not-running", "the Swarm has no task of it", remove("edge-1")),
    "the light edges' service is removed": Case(
        "not-running", "the Swarm has no service", remove("-light"), ("edge2",)
    ),
    "the keeper is killed": Case(
        "not-running", "its keeper is not as it should be", docker("kill", service=LIGHT), ("edge2",)
    ),
    "no node takes tasks": Case(
        "not-connected", WAITS, drain, EVERYBODY, then=lambda fleet: make_available(fleet, "active")
    ),
    "somebody has changed a datasource": Case("value-wrong", "its datasource says", change_value),
}


@pytest.fixture(scope="module")
def broken(swarmed: Any) -> Iterator[Any]:
    """Three edges that run, the last of them a light one; each case leaves them well."""
    compose = swarmed.path / "docker-compose.yml"
    text = compose.read_text()
    compose.write_text(text.replace(EDGE, QUICK))
    found = swarmed.with_options("--placement", HERE)
    found.inv("setup", "--edges", "2", "--light-edges", "1")
    yield found
    compose.write_text(text)


@pytest.mark.parametrize("name", [*SAME, *CASES])
def test_a_fault_is_named_and_its_hint_mends_it(broken: Any, name: str) -> None:
    run({**OF_DOCKER, **CASES}[name], broken)
