"""Every fault of an edge that can occur in the docker runtime: see docs/reference/faults.md."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.adapters.containers import seconds_of
from edge_tasks.proof.backend_api import BackendApi
from tests.billing_client import BillingClient
from tests.catalogue import EVERYBODY, LAST_WRITE_S, Case, run
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AGE_S = 95
"""A fleet that has just connected is not called silent."""
QUICK = """    image: edge-tasks-test-faults-edge
    environment: {EDGE_RETRY_SECONDS: '3'}
    volumes: [./openems-edge/config.d:/etc/openems.d]
"""
IMAGES = ("edge-tasks-test-faults-edge", "edge-tasks-test-faults-backend")
"""Of its own: other tests build those of the stock names."""
BACKEND, EDGE, LIGHT = "openems-backend", "openems-edge-1", "openems-light-edges"
NOT_STARTED = "/tmp/edge-websocket-not-started"  # noqa: S108 - in the container
HIDE = (
    "INSERT INTO ir_rule (name, model, domain_force)"
    """ VALUES ('theirs', 'openems.device', '[["name", "!=", "edge1"]]')"""
)


def docker(*arguments: str, service: str = EDGE) -> Callable[[Any], object]:
    """Run docker on a container; the last argument is its id."""
    return lambda fleet: fleet.docker(*arguments, fleet.containers()[service])


def sql(query: str) -> Callable[[Any], object]:
    return lambda fleet: fleet.sql(query)


def is_online(fleet: Any, *names: str) -> bool:
    """Whether the backend answers, and says that these are."""
    try:
        found = BackendApi(f"http://127.0.0.1:{fleet.port(BACKEND, 8075)}", "admin", "odoo admin").online(names)
    except Exception:  # noqa: BLE001 - it is starting, or one of them is not known yet
        return False
    return all(found.get(name) for name in names)


def values(fleet: Any, name: str, channel: str) -> object:
    """What the backend says that an edge measures; None if it says nothing."""
    with suppress(Exception):  # it is starting, or the edge is not connected
        client = BillingClient(f"http://127.0.0.1:{fleet.port(BACKEND, 8075)}", "admin:odoo admin")
        return client.values([name], [channel])[name][channel]
    return None


def is_answering(fleet: Any) -> bool:
    """Whether the backend's REST API answers anything, be it a refusal."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{fleet.port(BACKEND, 8075)}/jsonrpc", timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def restart_backend(fleet: Any) -> None:
    """Until it answers: if the machine is busy, that takes longer than ``verify`` waits."""
    fleet.docker("restart", "-t", "2", fleet.containers()[BACKEND])
    await_that(lambda: is_answering(fleet), 60, 0.2)


def set_password(password: str) -> Callable[[Any], object]:
    """As somebody may in Odoo."""
    return sql(f"UPDATE res_users SET password = '{password}' WHERE id IN (1, 2)")  # noqa: S608 - a constant


def refuse_login(fleet: Any) -> None:
    set_password("admin")(fleet)
    restart_backend(fleet)  # it keeps whom it has let in


def close_port(fleet: Any) -> None:
    """As a real one does now and then: Edge.Websocket is NOT STARTED, and nothing else is wrong."""
    fleet.docker("exec", fleet.containers()[BACKEND], "touch", NOT_STARTED)
    restart_backend(fleet)
    time.sleep(31)  # it may open late


def start_without_table(fleet: Any) -> None:
    backend = fleet.containers()[BACKEND]
    fleet.docker("stop", "-t", "3", backend)
    fleet.sql("ALTER TABLE openems_device RENAME TO elsewhere")
    fleet.docker("start", backend)
    await_that(lambda: is_online(fleet), 60, 0.5)
    fleet.sql("ALTER TABLE elsewhere RENAME TO openems_device")


def read_again(fleet: Any) -> None:
    """As people make the backend read its devices again, on its console; it ends all connections for that."""
    basic = b64encode(b"admin:admin").decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{fleet.port(BACKEND, 8079)}/system/console/configMgr/Metadata.Odoo",
        b"apply=true&action=ajaxConfigManager",
        {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 - an http address that we made ourselves


def read_without_row(fleet: Any) -> None:
    """While the row has another name."""
    fleet.sql("UPDATE openems_device SET name = 'elsewhere1' WHERE name = 'edge1'")
    read_again(fleet)
    fleet.sql("UPDATE openems_device SET name = 'edge1' WHERE name = 'elsewhere1'")
    await_that(lambda: is_online(fleet, "edge0", "edge2"), 60, 0.5)


def hold_back(fleet: Any) -> None:
    """The backend starts again, and one edge has no time to come back."""
    fleet.docker("kill", "-s", "STOP", fleet.containers()[EDGE])
    restart_backend(fleet)
    await_that(lambda: is_online(fleet, "edge0", "edge2"), 60, 0.5)


def restart_edge(fleet: Any, and_await: Callable[[], bool]) -> None:
    """Until the backend has noticed that it went, and this: ``verify`` may not wait for so long."""
    edge = fleet.containers()[EDGE]
    fleet.docker("stop", "-t", "1", edge)
    await_that(lambda: is_answering(fleet) and not is_online(fleet, "edge1"), 60, 0.2)
    fleet.docker("start", edge)
    await_that(and_await, 60, 0.2)


def edit(
    pattern: str, replacement: str, and_await: Callable[[Any], bool] = lambda _: True
) -> Callable[[Any], object]:
    """Change the file of edge1 that has this text; the edge reads it when it starts again."""

    def change(fleet: Any) -> None:
        files = fleet.directory(1).rglob("*.config")
        [file] = [file for file in files if re.search(pattern, file.read_text())]
        file.write_text(re.sub(pattern, replacement, file.read_text()))
        restart_edge(fleet, lambda: and_await(fleet))

    return change


def rename(fleet: Any) -> None:
    [file] = (fleet.directory(1) / "Simulator" / "GridMeter" / "Reacting").iterdir()
    file.rename(file.with_name("renamed.config"))
    restart_edge(fleet, lambda: is_online(fleet, "edge1") and not has_meter0(fleet))


def has_meter0(fleet: Any) -> bool:
    """Whether the table has an edgeConfig of edge1 with it."""
    [(text,)] = fleet.sql("SELECT openems_config FROM openems_device WHERE name = 'edge1'")
    return "meter0" in json.loads(text)["components"]


def leave_network(fleet: Any) -> None:
    """While it is stopped: the backend would not notice at once that a connection leads nowhere."""
    edge = fleet.containers()[EDGE]
    fleet.docker("stop", "-t", "1", edge)
    fleet.docker("network", "disconnect", "-f", f"{fleet.project}_default", edge)
    fleet.docker("start", edge)


def silence(fleet: Any) -> None:
    """edge0 hangs; that this was long ago is written into the table, as nobody wants to wait for it."""
    edge = fleet.containers()["openems-edge-0"]
    started = fleet.docker("inspect", "--format", "{{.State.StartedAt}}", edge, fleet.containers()[BACKEND])
    time.sleep(max(0.0, max(map(seconds_of, started.splitlines())) + AGE_S - time.time()))
    fleet.docker("kill", "-s", "STOP", edge)
    time.sleep(LAST_WRITE_S)
    fleet.sql("UPDATE openems_device SET lastmessage = lastmessage - interval '200 s' WHERE name = 'edge0'")


# The edge that hangs, and the backend in no network, need a backend that was not started just now. So before them
# stand the cases that leave it and edge0 alone.
CASES: dict[str, Case] = {
    "a fleet that is down": Case("fleet-down", "the fleet is down", lambda fleet: fleet.inv("down"), EVERYBODY),
    "PostgreSQL is stopped": Case(
        "database-silent", "refused", docker("stop", "-t", "2", service="db"), EVERYBODY
    ),
    "the database has another password": Case(
        "database-refuses",
        "authentication failed",
        sql("ALTER ROLE odoo PASSWORD 'other'"),
        EVERYBODY,
        then=lambda fleet: fleet.docker(
            *("exec", "-e", "PGPASSWORD=other", fleet.containers()["db"]),
            *("psql", "-h", "127.0.0.1", "-U", "odoo", "-d", "postgres"),
            *("-c", "ALTER ROLE odoo PASSWORD 'odoo16@2022'"),
        ),
    ),
    "the backend is killed": Case(
        "backend-silent", "does not answer", docker("kill", service=BACKEND), EVERYBODY
    ),
    "the backend is paused": Case(
        "backend-silent", "does not answer within", docker("pause", service=BACKEND), EVERYBODY
    ),
    "Odoo's admin has the first password again": Case(
        "backend-refuses", "does not accept admin", refuse_login, EVERYBODY
    ),
    "Odoo is stopped": Case(
        "odoo-silent", "does not answer", docker("stop", "-t", "1", service="odoo16"), EVERYBODY
    ),
    "Odoo refuses the backend's user": Case("odoo-refuses", "Access Denied", set_password("admin"), EVERYBODY),
    "the backend's port for edges stays closed": Case(
        "port-closed", "port for edges is not open", close_port, EVERYBODY
    ),
    "the backend started without the table": Case(
        "row-unread", "started before its row", start_without_table, EVERYBODY
    ),
    "the backend read while the row was away": Case("not-known", "does not know it", read_without_row),
    "the backend was started a moment ago": Case(
        "reconnecting",
        "reconnecting: the backend was started",
        hold_back,
        then=docker("kill", "-s", "CONT"),
    ),
    "the backend has lost the light edge's edgeConfig": Case(
        "no-edge-config",
        "no edgeConfig",
        sql("UPDATE openems_device SET openems_config = NULL WHERE name = 'edge2'"),
        ("edge2",),
    ),
    "the row is deleted": Case("no-row", "no row", sql("DELETE FROM openems_device WHERE name = 'edge1'")),
    "the light edge's row is deleted": Case(
        "no-row", "no row", sql("DELETE FROM openems_device WHERE name = 'edge2'"), ("edge2",)
    ),
    "the row is archived": Case(
        "row-archived", "archived", sql("UPDATE openems_device SET active = NULL WHERE name = 'edge1'")
    ),
    "the row has another apikey": Case(
        "row-other-key",
        "another apikey",
        sql("UPDATE openems_device SET apikey = 'OTHER' WHERE name = 'edge1'"),
    ),
    "a record rule hides the device": Case(
        "row-hidden", "Odoo does not list", sql(HIDE), then=sql("DELETE FROM ir_rule WHERE name = 'theirs'")
    ),
    "the container is killed": Case("not-running", "exited (exit code 137)", docker("kill")),
    "the container is removed": Case("not-running", "no container", docker("rm", "-f")),
    "the container is paused": Case("not-running", "its container is paused", docker("pause")),
    "the light container is killed": Case(
        "not-running", "its process does not run", docker("kill", service=LIGHT), ("edge2",)
    ),
    "the container is in no network": Case("not-connected", "in no network", leave_network),
    "the directory has another apikey": Case("not-connected", "another apikey", edit('apikey="', 'apikey="x')),
    "the directory has another address of the backend": Case(
        "not-connected", "another address", edit("ws://[^:]*", "ws://elsewhere")
    ),
    "the directory has no Backend controller": Case(
        "not-connected", "no Backend controller", edit('service.factoryPid="Controller.Api.Backend"', "broken")
    ),
    "the backend has lost the edgeConfig": Case(
        "no-edge-config",
        "no edgeConfig",
        sql("UPDATE openems_device SET openems_config = NULL WHERE name = 'edge1'"),
    ),
    "the edge hangs": Case("silent", "connected, but silent for", silence, ("edge0",)),
    "the backend is in no network": Case(
        "backend-silent",
        "does not answer",
        lambda fleet: fleet.docker(
            *("network", "disconnect", "-f", f"{fleet.project}_default", fleet.containers()[BACKEND])
        ),
        EVERYBODY,
    ),
    "a config file is renamed": Case("component-missing", "missing meter0 (not loaded: ", rename),
    "a datasource has another value": Case(
        "value-wrong",
        "its datasource says",
        edit('"3000"', '"4711"', lambda fleet: values(fleet, "edge1", "meter1/ActivePower") == 4711),
    ),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, make_shared: Callable[[Path], Any]) -> Iterator[Any]:
    """Three edges that run; each case leaves them well."""
    made = make_shared(tmp_path_factory.mktemp("checkouts") / "checkout of faults")
    found = made.with_options("--port-offset", "1000", "--light-image", "edge-tasks-test-base:bookworm")
    compose = found.path / "docker-compose.yml"
    text = compose.read_text().replace("    image: openems-edge:latest\n", QUICK)
    compose.write_text(text.replace("image: openems-backend:latest", f"image: {IMAGES[1]}"))
    found.git("commit", "-qam", "theirs")
    found.begin_again()
    yield found
    found.inv("down", "--purge")
    found.docker("rmi", "-f", *IMAGES)


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_and_its_hint_mends_it(broken: Any, name: str) -> None:
    run(CASES[name], broken)
