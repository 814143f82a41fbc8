"""``inv attach`` through a proxy that ends TLS, at the stand-in backend."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema
import psutil
import pytest

from edge_tasks.fleet.keys_file import EdgeKey, write_keys
from tests.integration.stand_in import PASSWORD, USER, Running, add, config_of, running
from tests.inv import ROOT, inv, without_settings
from tests.tls_proxy import TlsProxy, tls_proxy
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer
    from tests.tls_proxy import Passage

EDGES = 3
SCHEMA = json.loads((ROOT / "docs" / "reference" / "output.schema.json").read_text())
MOST_APART_S = 20.0
"""An edge that notices only by its pings that it was cut off is later than that."""


@dataclass
class Attached:
    """A call of ``inv attach`` with ``--json``."""

    process: subprocess.Popen[str]
    folder: Path

    def trace(self) -> list[Any]:
        files = (self.folder / "keys.csv.attach").glob("light-trace-*.jsonl")
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]

    def when(self, edge: str, event: str) -> list[float]:
        """At which moments that happened to an edge."""
        return [at for at, name, what, *_ in self.trace() if (name, what) == (edge, event)]

    def wait_for(self, event: str, count: int) -> None:
        deadline = time.monotonic() + LONG_S
        while sum(what == event for _, _, what, *_ in self.trace()) < count:
            assert time.monotonic() < deadline, self.trace()
            assert self.process.poll() is None, self.told
            time.sleep(0.05)

    @property
    def told(self) -> str:
        """What people were told."""
        return (self.folder / "told").read_text()

    def wait_until_all_are_connected(self) -> None:
        """Until the command has seen it; before that, whoever ends it ends its start."""
        await_that(lambda: "connected after" in self.told)

    def end(self) -> dict[str, Any]:
        """Its document, once it has ended; checked against the schema."""
        out, _ = self.process.communicate(timeout=LONG_S)
        assert out, self.told
        document: dict[str, Any] = json.loads(out)
        jsonschema.validate(document, SCHEMA)
        return document


@dataclass(frozen=True)
class Place:
    """A backend behind a proxy."""

    proxy: TlsProxy
    ca_file: Path
    backend: Running
    folder: Path

    def seen(self, edge: str) -> list[Passage]:
        """The connections of an edge whose upgrade was granted."""
        return [one for one in self.proxy.log if one.apikey == f"KEY-{edge}" and one.upgraded is not None]

    @contextmanager
    def attach(self, *more: str, apikeys: tuple[str, ...] = (), with_ca: bool = True) -> Iterator[Attached]:
        keys = apikeys or tuple(f"KEY-edge{index}" for index in range(EDGES))
        path = self.folder / "keys.csv"
        write_keys(path, [EdgeKey(f"edge{index}", key) for index, key in enumerate(keys)])
        where = ("--backend", f"wss://127.0.0.1:{self.proxy.port}", "--keys", str(path))
        ca = ("--ca", str(self.ca_file)) if with_ca else ()
        report = ("--output", str(self.folder / "report.html"), "--json")
        command = inv("attach", *where, *ca, *report, *more)
        environment = without_settings() | {"HOME": str(self.folder)}
        with (
            (self.folder / "told").open("w") as told,
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=told, text=True
            ) as process,
        ):
            try:
                yield Attached(process, self.folder)
            finally:
                if process.poll() is None:
                    process.kill()


def seconds_apart(attached: Attached, edge: str, seen: list[Passage]) -> float:
    """How far apart, together, edge and proxy have noticed the same upgrades and cuts: far on a busy machine."""
    opened, ended = attached.when(edge, "open"), attached.when(edge, "ended")
    upgraded = [one.upgraded for one in seen if one.upgraded is not None]
    cut = [one.ended for one in seen[:-1] if one.ended is not None]
    pairs = ((seen[0].accepted, opened[0]), *zip(upgraded, opened, strict=True), *zip(cut, ended, strict=False))
    return sum(abs(one - other) for one, other in pairs)


@pytest.fixture
def place(postgres: PostgresServer, device_table: psycopg.Connection, tmp_path: Path) -> Iterator[Place]:
    add(device_table, *(f"edge{index}" for index in range(EDGES)))
    config = config_of(postgres)
    with (
        running(tmp_path, config) as backend,
        tls_proxy(config["edge_port"], tmp_path) as (proxy, ca_file),
    ):
        yield Place(proxy, ca_file, backend, tmp_path)


def test_the_availability_that_is_reported_is_the_one_that_the_proxy_saw(place: Place) -> None:
    with place.attach("--min-availability", "20") as attached:
        attached.wait_for("answered", EDGES)
        place.proxy.cut()
        attached.wait_for("answered", 2 * EDGES)
        place.proxy.delay = 0.2
        place.proxy.stop()
        attached.wait_for("ended", 2 * EDGES)
        place.proxy.start()
        attached.wait_for("answered", 3 * EDGES)
        end = time.monotonic()
        attached.process.send_signal(signal.SIGINT)
        document = attached.end()
    assert document["error"] is None
    found = document["attach"]
    for edge in found["edges"]:
        name = edge["name"]
        seen = place.seen(name)
        apart = seconds_apart(attached, name, seen)
        assert apart < MOST_APART_S
        # it is still connected when it is told to end, and somewhat later it does
        least, most = (place.proxy.availability(f"KEY-{name}", at) for at in (end, seen[-1].ended or end))
        tolerance = apart / (end - seen[0].accepted) + 0.0001
        assert least - tolerance <= edge["availability"] / 100 <= most + tolerance, (name, place.proxy.log)
        assert (edge["connects"], edge["connected"], edge["refused"]) == (3, True, False)
    assert found["reconnects"]["count"] == 2 * EDGES
    assert found["answers"]["count"] == 3 * EDGES
    assert found["answers"]["p99_s"] >= 0.4  # each way waits 0.2 s in the proxy
    assert 0 < found["reconnects"]["p50_s"] <= found["longest_gap_s"]
    assert json.loads((place.folder / "report.json").read_text()) == found
    page = (place.folder / "report.html").read_text()
    assert "<h1>3 edges:" in page
    assert "KEY-" not in page + json.dumps(document) + (place.folder / "keys.csv.attach/light.log").read_text()
    assert not (place.folder / "keys.csv.attach" / "light.json").exists()


def test_no_edge_outlives_the_command_even_if_that_is_killed(place: Place) -> None:
    with place.attach() as attached:
        attached.wait_for("connected", EDGES)
        parts = psutil.Process(attached.process.pid).children()
        attached.process.kill()
        attached.process.communicate()
        gone, alive = psutil.wait_procs(parts, timeout=LONG_S)
        assert (len(gone), alive) == (1, [])
        await_that(lambda: all(one.ended for one in place.proxy.log))


def test_an_apikey_that_the_backend_does_not_know_is_refused_and_the_others_are_proved_online(
    place: Place,
) -> None:
    login = place.folder / ".netrc"
    login.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    login.chmod(0o600)
    rest = place.backend.rest.removesuffix("/jsonrpc")
    with place.attach("--rest", rest, apikeys=("KEY-edge0", "WRONG", "KEY-edge2")) as attached:
        attached.wait_for("connected", 2)
        attached.wait_for("refused", 2)
        attached.process.terminate()
        document = attached.end()
        assert attached.process.returncode == 6
    assert document["error"]["message"] == "the backend refuses the apikey of edge1"
    assert [edge["refused"] for edge in document["attach"]["edges"]] == [False, True, False]
    assert document["attach"]["proof"]["online"] == 2
    assert document["attach"]["proof"]["not_online"] == []
    assert "WRONG" not in json.dumps(document)


def test_a_certificate_of_an_unknown_authority_ends_it_before_an_edge_has_shown_its_apikey(place: Place) -> None:
    with place.attach(with_ca=False) as attached:
        document = attached.end()
        assert attached.process.returncode == 4
    assert "certificate" in document["error"]["message"]
    assert document["error"]["hint"].startswith("--ca")
    assert {one.apikey for one in place.proxy.log} <= {""}


def test_an_edge_that_was_too_seldom_connected_is_named_and_what_it_counted_goes_on_in_the_next_run(
    place: Place,
) -> None:
    with place.attach() as attached:
        attached.wait_until_all_are_connected()
        place.proxy.stop()
        attached.wait_for("waiting", EDGES)
        time.sleep(0.5)
        attached.process.send_signal(signal.SIGTERM)
        document = attached.end()
        assert attached.process.returncode == 6
    assert document["error"]["message"].startswith("3 edges of 3 had less than 99.000 %: edge")
    kept = place.folder / "keys.csv.attach"
    [before] = [json.loads(path.read_text()) for path in kept.glob("light-memory-*.json")]
    place.proxy.start()
    with place.attach("--edge", "1", "--min-availability", "0") as attached:
        attached.wait_until_all_are_connected()
        attached.process.send_signal(signal.SIGINT)
        assert attached.end()["error"] is None
    whole = json.loads((kept / "light-memory.json").read_text())
    [after] = [json.loads(path.read_text()) for path in kept.glob("light-memory-*.json")]
    assert whole.keys() == before.keys() == {"edge0", "edge1", "edge2"}
    assert after["edge1"]["began"] == before["edge1"]["began"]
