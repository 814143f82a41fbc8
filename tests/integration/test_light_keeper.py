from __future__ import annotations

import io
import json
import socket
import tarfile
import threading
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.nodes.files import FLEET_FILE, MEMORY, NODES_FILE, STATUS, TOKEN_FILE
from edge_tasks.light.nodes.keeper import Keeper, server_of
from edge_tasks.light.nodes.keeper_client import KeeperClient, KeeperError, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "word"  # noqa: S105 - of this test


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
    server = server_of(Keeper(folder, program), 0)
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
    assert second.memories() == {MEMORY.format(1): b'{"edge1": 1}'}


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
    with socket.create_connection((client.host, client.port), timeout=5) as killed:
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
        stranger.memories,
        lambda: stranger.take(0),
        lambda: stranger.put(0, "memory", b""),
    ):
        with pytest.raises(KeeperError, match="401"):
            ask()


def test_the_program_is_packed_as_it_is(client_of: Callable[..., KeeperClient], folder: Path) -> None:
    assert client_of("task").take(0)
    with tarfile.open(fileobj=io.BytesIO(Keeper(folder, folder.parent / "program").packed())) as archive:
        assert "./module.py" in archive.getnames()
