from __future__ import annotations

import io
import json
import socket
import tarfile
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.nodes import keeper_client
from edge_tasks.light.nodes.files import FLEET_FILE, MEMORIES, MEMORY, NODES_FILE, STATUS, TOKEN_FILE
from edge_tasks.light.nodes.keeper import Keeper
from edge_tasks.light.nodes.keeper_client import KeeperClient, KeeperError, LeaseLostError
from edge_tasks.light.nodes.keeper_server import server_of
from edge_tasks.light.nodes.program import Program
from edge_tasks.light.nodes.task import Task
from tests.metrics import scraped
from tests.ports import free_port
from tests.waiting import LONG_S, await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import ThreadingHTTPServer
    from pathlib import Path

TOKEN = "word"  # noqa: S105 - of this test


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A keeper that is only slow is none that cannot be reached."""
    monkeypatch.setattr(keeper_client, "_ANSWERS_S", LONG_S)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a fleet in two parts."""
    found = tmp_path / "fleet"
    found.mkdir()
    (found / TOKEN_FILE).write_text(TOKEN)
    (found / FLEET_FILE).write_text(json.dumps({"processes": 2}))
    return found


@pytest.fixture
def client_of(folder: Path) -> Iterator[Callable[..., KeeperClient]]:
    """Makes the client of a task, by the task's id."""
    program = folder.parent / "program"
    program.mkdir()
    (program / "module.py").write_text("print()")
    server = server_of(Keeper(folder, Program(program)), 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def make(task: str, token: str = TOKEN) -> KeeperClient:
        return KeeperClient("127.0.0.1", server.server_address[1], token, task, f"node of {task}")

    yield make
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_a_task_hands_over_is_what_the_next_one_goes_on_from(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    first, second = client_of("first"), client_of("second")
    assert first.take(1)[0] == 1
    first.put(1, "memory", b'{"edge1": 1}')
    first.put(1, "status", b'{"edges": {}}')
    assert json.loads((folder / NODES_FILE).read_text()) == {"1": "node of first"}
    first.release(1)
    assert not (folder / STATUS.format(1)).exists(), "nobody is to read that its edges are connected"
    assert json.loads((folder / NODES_FILE).read_text()) == {}
    assert second.take(1)[0] == 1
    assert dict(second.memories()) == {MEMORY.format(1): b'{"edge1": 1}'}


def test_a_task_that_has_lost_its_part_can_write_nothing(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    first, second = client_of("first"), client_of("second")
    first.take(0)
    with pytest.raises(LeaseLostError):
        second.put(0, "memory", b"{}")
    with pytest.raises(LeaseLostError):
        second.renew(0)
    assert not (folder / MEMORY.format(0)).exists()


def test_half_of_what_a_killed_task_has_handed_over_replaces_nothing(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    client = client_of("task")
    client.take(0)
    client.put(0, "memory", b'{"edge0": 1}')
    with socket.create_connection((client.host, client.port), timeout=LONG_S) as killed:
        head = f"PUT /parts/0/memory HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nX-Task: task\r\n"
        killed.sendall(f'{head}Content-Length: 40\r\n\r\n{{"edge0"'.encode())
        killed.shutdown(socket.SHUT_WR)
        assert killed.recv(1) == b"", "it is not told that it was kept"
    assert (folder / MEMORY.format(0)).read_bytes() == b'{"edge0": 1}'


def test_a_keeper_that_cannot_write_where_parts_run_still_gives_leases(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    (folder / NODES_FILE).mkdir()
    client = client_of("task")
    assert client.take(1)[0] == 1
    (folder / NODES_FILE).rmdir()
    client.renew(1)
    assert json.loads((folder / NODES_FILE).read_text()) == {"1": "node of task"}


def test_a_part_of_a_larger_earlier_fleet_is_no_longer_run(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    client = client_of("task")
    _, before = client.take(1)
    (folder / FLEET_FILE).write_text(json.dumps({"processes": 1, "edges": []}))
    with pytest.raises(LeaseLostError):
        client.renew(1)
    part, digest = client.take(1)
    assert (part, client.fleet()) == (0, (folder / FLEET_FILE).read_bytes())
    assert digest != before


def test_nobody_without_the_token_learns_anything(client_of: Callable[..., KeeperClient]) -> None:
    stranger = client_of("stranger", token="guess")  # noqa: S106 - it is none
    for ask in (
        stranger.fleet,
        lambda: list(stranger.memories()),
        lambda: stranger.take(0),
        lambda: stranger.put(0, "memory", b""),
    ):
        with pytest.raises(KeeperError, match="401"):
            ask()


def test_the_program_is_packed_as_it_is_and_only_once(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("print()")
    program = Program(tmp_path)
    with tarfile.open(fileobj=io.BytesIO(program.packed())) as archive:
        assert "./module.py" in archive.getnames()
    (tmp_path / "module.py").unlink()
    assert program.packed() is program.packed()


GIVES_UP_S, LASTS_S = 0.5, 3.0
EDGES = """#!/bin/sh
echo "begins with $(cat {folder}/light-memory-0.json 2>/dev/null)" >>{folder}/said
echo '{{"edge0": 1}}' >{folder}/light-memory-0.json
cat >/dev/null
echo '{{"edge0": 2}}' >{folder}/light-memory-0.json
echo ends >>{folder}/said
"""
"""Stands for the process of a part: it counts 1, and another 1 when it is told to end."""


def fleet_of(folder: Path, parts: int = 2) -> dict[str, object]:
    """A fleet file of three edges."""
    edges = {f"edge{index}": f"key{index}" for index in range(3)}
    files: dict[str, object] = {"status_file": str(folder / "light-status.json"), "edges": []}
    return {"revision": "r", **files, "shared": {"files": {}, "edges": edges}, "processes": parts}


def served(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A keeper that answers."""
    server = server_of(Keeper(folder, Program(folder)), port)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


def taking_turns(task: Task, until: Callable[[], bool]) -> None:
    """Have a task take turns until something is so."""
    began = time.monotonic()
    while not until():
        assert time.monotonic() < began + LONG_S, "it did not happen in time"
        task._turn()
        time.sleep(0.02)


def test_a_task_that_cannot_reach_the_keeper_ends_its_edges_and_later_begins_with_what_it_had_handed_over(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (folder / FLEET_FILE).write_text(json.dumps(fleet_of(folder, parts=1)))
    said, program = own / "said", tmp_path / "edges"
    program.write_text(EDGES.format(folder=own))
    program.chmod(0o700)
    monkeypatch.setattr("edge_tasks.light.nodes.task.GIVES_UP_S", GIVES_UP_S)
    monkeypatch.setattr("edge_tasks.light.nodes.leases.LASTS_S", LASTS_S)
    monkeypatch.setattr("edge_tasks.light.nodes.task.sys", SimpleNamespace(executable=str(program)))
    first = served(folder)
    port = first.server_address[1]
    task = Task(KeeperClient("127.0.0.1", port, TOKEN, "task", "node"), 0, own)
    taking_turns(task, (folder / MEMORY.format(0)).exists)
    first.shutdown()
    first.server_close()
    renewed = task._renewed
    taking_turns(task, lambda: "ends" in said.read_text())
    assert time.monotonic() >= renewed + GIVES_UP_S
    before = time.monotonic()
    second = served(folder, port)
    taking_turns(task, lambda: said.read_text().count("begins") == 2)
    assert time.monotonic() >= before + LASTS_S, "a new keeper does not know whether somebody else runs the part"
    assert said.read_text().splitlines() == ["begins with ", "ends", 'begins with {"edge0":1}']
    task._leave()
    second.shutdown()
    second.server_close()
    assert json.loads((folder / MEMORY.format(0)).read_text()) == {"edge0": 2}
    assert json.loads((folder / NODES_FILE).read_text()) == {}


def test_a_keeper_that_starts_again_gives_no_part_away_of_which_it_had_noted_the_node(folder: Path) -> None:
    assert Keeper(folder, Program(folder)).lease(1, "first", "red", is_wish=True)
    again = Keeper(folder, Program(folder))
    told = again.lease(1, "second", "green", is_wish=True)
    assert told
    assert told["part"] == 0, "the other one may still run"
    assert again.lease(1, "first", "red", is_wish=False)


def test_the_keeper_serves_metrics_of_all_parts_with_the_node_of_each(
    client_of: Callable[..., KeeperClient], folder: Path
) -> None:
    port = free_port()
    document = {**fleet_of(folder), "metrics_port": port}
    (folder / FLEET_FILE).write_text(json.dumps(document))

    def status(names: tuple[str, ...], messages: int) -> bytes:
        said = {name: {"state": "connected", "since": 0, "why": ""} for name in names}
        return json.dumps(
            {"pid": 7, "written": time.time(), "edges": said, "counters": {"messages": messages}}
        ).encode()

    def seen(name: str) -> float | None:
        try:
            return scraped(port).get(f"edge_tasks_light_{name}")
        except OSError:
            return None

    first, second = client_of("first"), client_of("second")
    first.take(0)
    second.take(1)
    first.put(0, "status", status(("edge0", "edge2"), 5))
    second.put(1, "status", status(("edge1",), 3))
    await_that(lambda: seen("messages_total") == 8)
    assert seen('edges{node="node of first",state="connected"}') == 2
    assert seen('edges{node="node of second",state="connected"}') == 1
    first.release(0)
    assert seen('edges{node="",state="down"}') == 2
    third = client_of("third")
    third.take(0)
    third.put(0, "status", status(("edge0", "edge2"), 1))
    assert seen("messages_total") == 9, "every container has a process 7, and no counter falls"
    (folder / STATUS.format(0)).unlink()  # as whoever starts the light edges anew does first
    third.release(0)
    fourth = client_of("fourth")
    fourth.take(0)
    fourth.put(0, "status", status(("edge0", "edge2"), 2))
    assert seen("messages_total") == 11
    (folder / FLEET_FILE).write_text(json.dumps({**document, "metrics_port": 0}))
    await_that(lambda: seen("messages_total") is None)


def test_a_task_keeps_only_what_its_own_edges_have_counted_wherever_they_were(
    folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (folder / FLEET_FILE).write_text(json.dumps(fleet_of(folder)))
    (folder / MEMORY.format(0)).write_text('{"edge0": 1, "edge1": 2}')
    (folder / MEMORY.format(1)).write_text('{"edge1": 3}')
    (own / MEMORY.format(1)).write_text('{"edge2": 4}')
    (folder / MEMORIES).write_text("")  # of a machine that had no power
    server = served(folder)
    task = Task(KeeperClient("127.0.0.1", server.server_address[1], TOKEN, "task", "node"), 0, own)
    part, digest = task.client.take(0)
    task._take_fleet(part, digest)
    server.shutdown()
    server.server_close()
    assert {file.name: file.read_text() for file in own.iterdir() if file.name != FLEET_FILE} == {
        MEMORY.format(0): '{"edge0":1}'
    }
