"""Every fault of an edge that can occur in the embedded runtime: see docs/reference/faults.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from base64 import b64encode
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest

from edge_tasks import ahead
from edge_tasks.adapters import ports
from edge_tasks.proof.backend_api import BackendApi
from tests.catalogue import EVERYBODY, Case, run
from tests.inv import ROOT, finished, inv, last_used_kept
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AGE_S = 95
"""A fleet that has just connected is not called silent."""
NEVER_HEARD = """
CREATE FUNCTION of_old() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.lastmessage := now() AT TIME ZONE ''UTC'' - interval ''200 s''; RETURN NEW; END';
CREATE TRIGGER of_old BEFORE UPDATE ON openems_device FOR EACH ROW EXECUTE FUNCTION of_old();
UPDATE openems_device SET lastmessage = NULL;
"""
"""Nobody was heard of late, whatever the backend still writes of edges that it heard before they hung."""
HEARD_AGAIN = "DROP FUNCTION of_old CASCADE"


@dataclass(frozen=True)
class Fleet:
    """Three edges on a platform of their own, and the ways to break them."""

    path: Path
    offset: int

    def command(self, *arguments: str) -> list[str]:
        where = ("--platform", str(self.path), "--port-offset", str(self.offset), "--runtime", "embedded")
        return inv(*arguments, *where)

    def begin_again(self) -> None:
        with suppress(ValueError):
            self.signal_host(signal.SIGCONT)
        finished(self.command("down", "--purge"))
        done = finished(self.command("setup", "--edges", "3"))
        assert done.returncode == 0, done.stdout

    def sql(self, query: str) -> list[Any]:
        password = (self.path / ".edge-tasks" / "pgpass").read_text().strip().rpartition(":")[2]
        where = f"host=127.0.0.1 port={15432 + self.offset} dbname=openems user=odoo"
        with psycopg.connect(where, password=password) as connection:
            cursor = connection.execute(query.encode())
            return list(cursor.fetchall()) if cursor.description else []

    def process(self, file: str) -> psutil.Process:
        """The daemon that is known by its file."""
        words = str(self.path / ".edge-tasks" / file)
        [found] = [one for one in psutil.process_iter(["cmdline"]) if (one.info["cmdline"] or [""])[-1] == words]
        return found

    def restart(self, file: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """As somebody may who types no ``inv``: with the same command line."""
        process = self.process(file)
        command, environment = process.cmdline(), process.environ()
        environment.pop(ahead.VARIABLE, None)  # nobody is going to tell this one to begin
        kill_with_parts(process)
        meanwhile()
        subprocess.run(["setsid", "--fork", *command], env=environment, stderr=subprocess.DEVNULL, check=True)

    def signal_host(self, number: int) -> None:
        """The light host and its parts."""
        host = self.process("light.json")
        for process in (host, *host.children()):
            process.send_signal(number)

    @property
    def api(self) -> BackendApi:
        password = (self.path / ".edge-tasks" / "netrc").read_text().split()[-1]
        return BackendApi(f"http://127.0.0.1:{8075 + self.offset}", "admin", password)

    def is_online(self, name: str) -> bool:
        """What the backend says."""
        return self.api.online([name]).get(name, False)

    def are_back(self, *names: str) -> bool:
        """Whether the backend has them and their values."""
        told = self.api.values(names, ["_sum/State"])
        return all(self.is_online(name) and told.get(name, {}).get("_sum/State") is not None for name in names)

    def statuses(self) -> dict[str, Any]:
        """What the light host says of each edge."""
        found: dict[str, Any] = {}
        for file in (self.path / ".edge-tasks").glob("light-status-*.json"):
            with suppress(FileNotFoundError):  # of one that has just ended
                found |= json.loads(file.read_bytes())["edges"]
        return found

    def state(self, name: str) -> str:
        """What its host says of it; nothing while the host has not said anything."""
        return str(self.statuses().get(name, {}).get("state", ""))

    def edit(self, pattern: str, replacement: str, state: str = "connected") -> None:
        """Change the file of edge1 that has this text; the light host reads it when it starts again."""
        files = (self.path / "openems-edge" / "config-edge1").rglob("*.config")
        [file] = [file for file in files if re.search(pattern, file.read_text())]
        file.write_text(re.sub(pattern, replacement, file.read_text()))
        self.restart_host(state)

    def restart_host(self, state: str = "connected") -> None:
        """Until edge1 is in this state and the others are back: it may take longer than ``verify`` waits."""
        query = "SELECT openems_config FROM openems_device WHERE name = 'edge1'"
        before = self.sql(query)
        self.restart("light.json", meanwhile=lambda: await_all_offline(self))
        await_that(lambda: self.are_back("edge0", "edge2"))
        await_that(lambda: self.state("edge1") == state)
        if state == "connected":
            await_that(lambda: self.sql(query) != before and self.are_back("edge1"))


def await_all_offline(fleet: Fleet) -> None:
    await_that(lambda: not any(map(fleet.is_online, EVERYBODY)))


def stop_postgres(fleet: Fleet) -> None:
    pid = int((fleet.path / ".edge-tasks" / "postgres" / "postmaster.pid").read_text().split()[0])
    server = psutil.Process(pid)
    server.send_signal(signal.SIGINT)
    server.wait(LONG_S)


def kill(file: str) -> Any:
    def kill_it(fleet: Fleet) -> None:
        kill_with_parts(fleet.process(file))

    return kill_it


def kill_with_parts(process: psutil.Process) -> None:
    """Its parts end by themselves, a moment later."""
    parts = process.children()
    process.kill()
    assert psutil.wait_procs([process, *parts], LONG_S)[1] == []


def kill_host(fleet: Fleet) -> None:
    """Until the backend has noticed it."""
    kill("light.json")(fleet)
    await_all_offline(fleet)


def change_login(fleet: Fleet) -> None:
    """The backend was started with another password than the fleet's."""
    file = fleet.path / ".edge-tasks" / "backend.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "login": {"user": "admin", "password": "x"}}))
    fleet.restart("backend.json")
    await_port(fleet, 8075)


def await_port(fleet: Fleet, port: int) -> None:
    await_that(lambda: not ports.is_free(port + fleet.offset))


def leave_out(fleet: Fleet) -> None:
    path = fleet.path / ".edge-tasks" / "light.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "edges": [one for one in told["edges"] if one["name"] != "edge1"]}))
    await_that(lambda: not fleet.is_online("edge1"))


def change_key_and_read(fleet: Fleet) -> None:
    fleet.sql("UPDATE openems_device SET apikey = 'OTHER' WHERE name = 'edge1'")
    read_again(fleet)


def read_again(fleet: Fleet) -> None:
    """As people do on the backend's console."""
    password = json.loads((fleet.path / ".edge-tasks" / "backend.json").read_text())["login"]["password"]
    basic = b64encode(f"admin:{password}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{8079 + fleet.offset}/system/console/configMgr/Metadata.Odoo",
        b"apply=true&action=ajaxConfigManager",
        {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    urllib.request.urlopen(request, timeout=LONG_S).close()  # noqa: S310 - an http address that we made ourselves
    await_that(lambda: fleet.are_back("edge0", "edge2"))


def start_without_table(fleet: Fleet) -> None:
    fleet.sql("ALTER TABLE openems_device RENAME TO elsewhere")
    fleet.restart("backend.json")
    await_port(fleet, 8075)
    fleet.sql("ALTER TABLE elsewhere RENAME TO openems_device")


def read_without_row(fleet: Fleet) -> None:
    fleet.sql("UPDATE openems_device SET name = 'elsewhere1' WHERE name = 'edge1'")
    read_again(fleet)
    fleet.sql("UPDATE openems_device SET name = 'edge1' WHERE name = 'elsewhere1'")


def hold_back(fleet: Fleet) -> None:
    """The backend starts again, and the edges have no time to come back."""
    fleet.signal_host(signal.SIGSTOP)
    fleet.restart("backend.json")
    await_port(fleet, 8075)


def rename(fleet: Fleet) -> None:
    [file] = (fleet.path / "openems-edge" / "config-edge1" / "Simulator" / "GridMeter" / "Reacting").iterdir()
    file.rename(file.with_name("renamed.config"))
    fleet.restart_host()


def silence(fleet: Fleet) -> None:
    """The edges hang; that this was long ago is written into table and files, as nobody wants to wait for it."""
    await_that(lambda: {fleet.state(name) for name in EVERYBODY} == {"connected"})
    connected = max(edge["since"] for edge in fleet.statuses().values())
    time.sleep(max(0.0, connected + AGE_S - time.time()))
    fleet.signal_host(signal.SIGSTOP)
    fleet.sql(NEVER_HEARD)
    for file in (fleet.path / ".edge-tasks").glob("light-status-*.json"):
        os.utime(file, (time.time() - 200,) * 2)


CASES: dict[str, Case] = {
    "a fleet that is down": Case(
        "fleet-down", "the fleet is down", lambda fleet: finished(fleet.command("down")), EVERYBODY
    ),
    "PostgreSQL is stopped": Case("database-silent", "refused", stop_postgres, EVERYBODY),
    "the device table is dropped": Case(
        "database-silent",
        '"openems_device" does not exist',
        lambda fleet: fleet.sql("DROP TABLE openems_device CASCADE"),
        EVERYBODY,
    ),
    "the database has another password": Case(
        "database-refuses",
        "authentication failed",
        lambda fleet: fleet.sql("ALTER ROLE odoo PASSWORD 'other'"),
        EVERYBODY,
    ),
    "the backend is killed": Case("backend-silent", "does not answer", kill("backend.json"), EVERYBODY),
    "the backend hangs": Case(
        "backend-silent",
        "does not answer within",
        lambda fleet: fleet.process("backend.json").send_signal(signal.SIGSTOP),
        EVERYBODY,
    ),
    "the backend has another password": Case("backend-refuses", "does not accept admin", change_login, EVERYBODY),
    "the row is deleted": Case(
        "no-row", "no row", lambda fleet: fleet.sql("DELETE FROM openems_device WHERE name = 'edge1'")
    ),
    "the light host is killed": Case("not-running", "does not run", kill_host, EVERYBODY),
    "the light host lacks the edge": Case("not-running", "does not run", leave_out),
    "the row is archived": Case(
        "row-archived",
        "archived",
        lambda fleet: fleet.sql("UPDATE openems_device SET active = NULL WHERE name = 'edge1'"),
    ),
    "the row has another apikey": Case(
        "row-other-key",
        "another apikey",
        lambda fleet: fleet.sql("UPDATE openems_device SET apikey = 'OTHER' WHERE name = 'edge1'"),
    ),
    "the backend has read another apikey": Case("row-other-key", "another apikey", change_key_and_read),
    "the backend started without the table": Case(
        "row-unread", "started before its row", start_without_table, EVERYBODY
    ),
    "the backend read while the row was away": Case("not-known", "does not know it", read_without_row),
    "the backend was started a moment ago": Case(
        "reconnecting",
        "reconnecting: the backend was started",
        hold_back,
        EVERYBODY,
        then=lambda fleet: fleet.signal_host(signal.SIGCONT),
    ),
    "the directory has another apikey": Case(
        "not-connected",
        "is the apikey known?",
        lambda fleet: fleet.edit('apikey="', 'apikey="x', "refused"),
    ),
    "the directory has no Backend controller": Case(
        "not-running",
        "no enabled Controller.Api.Backend",
        lambda fleet: fleet.edit('service.factoryPid="Controller.Api.Backend"', "broken", "unconfigured"),
    ),
    "the backend has lost the edgeConfig": Case(
        "no-edge-config",
        "no edgeConfig",
        lambda fleet: fleet.sql("UPDATE openems_device SET openems_config = NULL WHERE name = 'edge1'"),
    ),
    "a config file is renamed": Case("component-missing", "missing meter0 (not loaded: ", rename),
    "a config file cannot be read by Felix": Case(
        "component-missing",
        "missing meter1",
        lambda fleet: fleet.edit('id="meter1"', "broken"),
    ),
    "a datasource has another value": Case(
        "value-wrong",
        "its datasource says",
        lambda fleet: fleet.edit('"3000"', '"4711"'),
    ),
    "the edges hang": Case(
        "silent", "connected, but silent for", silence, EVERYBODY, then=lambda fleet: fleet.sql(HEARD_AGAIN)
    ),
}


@contextmanager
def running(path: Path, offset: int) -> Iterator[Fleet]:
    shutil.copytree(ROOT / "templates" / "platform", path)
    found = Fleet(path, offset)
    with last_used_kept():
        try:
            found.begin_again()
            yield found
        finally:
            finished(found.command("down", "--purge"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, new_offset: Callable[[], int]) -> Iterator[Fleet]:
    """Three edges that run; each case leaves them well."""
    with running(tmp_path_factory.mktemp("faults") / "a platform with ü", new_offset()) as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def old_fleet(tmp_path_factory: pytest.TempPathFactory, new_offset: Callable[[], int]) -> Iterator[Fleet]:
    """Another one, which grows old while the cases of the first one run."""
    with running(tmp_path_factory.mktemp("faults") / "old", new_offset()) as found:
        yield found


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].fault != "silent"])
def test_a_fault_is_named_and_its_hint_mends_it(fleet: Fleet, name: str) -> None:
    run(CASES[name], fleet)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].fault == "silent"])
def test_silence_of_an_old_fleet_is_named_and_its_hint_mends_it(old_fleet: Fleet, name: str) -> None:
    run(CASES[name], old_fleet)
