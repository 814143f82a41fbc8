"""A real InfluxDB 1.8 for tests: its program as ``.ci/influxd`` builds it, started on a free port of loopback."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
from base64 import b64encode
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.absence import is_without
from tests.ports import free_port
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "openemsdb"
"""What the platform's own is called."""

_CONFIG = """\
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  auth-enabled = {login}
  flux-enabled = {flux}
  log-enabled = false
[logging]
  level = "warn"
  suppress-logo = true
"""


@dataclass(frozen=True)
class InfluxDb:
    """A server that runs, and one of its databases.

    Attributes:
        url: of the server, without a path.
        database: what queries and points are for.
        login: ``user:password`` of its administrator; empty where it asks for none.
    """

    url: str
    database: str = DATABASE
    login: str = ""

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return int(self.url.rpartition(":")[2])

    def query(self, text: str) -> list[dict[str, Any]]:
        """The series that InfluxQL answers with: ``name``, ``columns``, ``values``, maybe ``tags``."""
        answer = json.loads(self._ask("/query", {"db": self.database, "epoch": "ms", "q": text}, b""))
        results = answer["results"]
        assert "error" not in results[0], results[0]["error"]
        return list(results[0].get("series", ()))

    def rows(self, text: str) -> list[list[Any]]:
        """The values of all series of an answer."""
        return [row for series in self.query(text) for row in series["values"]]

    def write(self, points: str) -> None:
        """Write points in line protocol, times in milliseconds."""
        self._ask("/write", {"db": self.database, "precision": "ms"}, points.encode())

    def _ask(self, path: str, parameters: dict[str, str], body: bytes) -> bytes:
        headers = {"Authorization": f"Basic {b64encode(self.login.encode()).decode()}"} if self.login else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request("POST", f"{path}?{urlencode(parameters)}", body, headers)
            answer = connection.getresponse()
            said = answer.read()
        assert answer.status < 300, f"{answer.status}: {said.decode()}"
        return said


def find_program() -> Path | None:
    """The ``influxd`` of 1.8 on this machine; ``go install`` alone leaves it without a version."""
    folders = (os.environ.get("GOBIN"), os.environ.get("PATH"), str(Path.home() / "go" / "bin"))
    found = shutil.which("influxd", path=os.pathsep.join(folder for folder in folders if folder))
    if found is None:
        return None
    said = subprocess.run([found, "version"], capture_output=True, text=True, check=False).stdout
    return Path(found) if said.startswith(("InfluxDB v1.8.", "InfluxDB vunknown")) else None


@contextmanager
def running(folder: Path, *, login: str = "", flux: bool = False) -> Iterator[InfluxDb]:
    """A server of a test's own, which has no database yet.

    Args:
        folder: where its data is; the same folder again is the same data.
        login: ``user:password`` of an administrator, without whom it answers nobody.
        flux: it is asked as InfluxDB 2 is, in Flux; it then takes seconds of CPU to start.
    """
    program = find_program() or is_without("InfluxDB 1.8: run .ci/influxd first")
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "influxdb.conf"
    switches = {"login": str(bool(login)).lower(), "flux": str(flux).lower()}
    config.write_text(_CONFIG.format(folder=folder, port=port, **switches))
    server = InfluxDb(f"http://127.0.0.1:{port}", login=login)
    with (folder / "influxd.log").open("ab") as log:
        process = subprocess.Popen([program, "run", "-config", config], stdout=log, stderr=log)
    try:
        await_that(lambda: _answers(port), 2 * LONG_S, 0.05)
        if login:
            name, _, password = login.partition(":")
            InfluxDb(server.url).query(f"CREATE USER {name} WITH PASSWORD '{password}' WITH ALL PRIVILEGES")
        yield server
    finally:
        process.terminate()
        process.wait(LONG_S)


def _answers(port: int) -> bool:
    """It listens only when it can answer."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=LONG_S).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def influxdb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxDb]:
    """A server for the whole session."""
    with running(tmp_path_factory.mktemp("influxdb")) as server:
        yield server


@pytest.fixture
def influxdb(influxdb_server: InfluxDb) -> Iterator[InfluxDb]:
    """The server with an empty database ``openemsdb``, for one test."""
    influxdb_server.query(f"CREATE DATABASE {DATABASE}")
    yield influxdb_server
    influxdb_server.query(f"DROP DATABASE {DATABASE}")
