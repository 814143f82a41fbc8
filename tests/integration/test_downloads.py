from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.downloads import digest_of, fetch
from edge_tasks.errors import CommandFailed
from edge_tasks.openems.artifacts import artifacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_header(self, keyword: str, value: str) -> None:
        longer = keyword == "Content-Length" and "short" in self.path
        super().send_header(keyword, str(int(value) + 10) if longer else value)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[str]:
    """A web server on loopback with the folder ``web``."""
    (tmp_path / "web").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "web"))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def quietly(_done: int, _total: int | None) -> None:
    """Progress that nobody looks at."""


def test_a_file_arrives_whole_with_its_progress(source: str, tmp_path: Path) -> None:
    (tmp_path / "web" / "a.jar").write_bytes(b"x" * 600_000)
    told: list[tuple[int, int | None]] = []
    digest = fetch(f"{source}/a.jar", tmp_path / "a.jar", None, lambda done, total: told.append((done, total)))
    assert digest == digest_of(tmp_path / "a.jar") == digest_of(tmp_path / "web" / "a.jar")
    assert told[-1] == (600_000, 600_000)


@pytest.mark.parametrize("name", ["missing.jar", "short.jar"])
def test_what_cannot_be_had_says_where_to_put_it_by_hand_and_leaves_nothing(
    source: str, tmp_path: Path, name: str
) -> None:
    (tmp_path / "web" / "short.jar").write_bytes(b"x")
    with pytest.raises(CommandFailed) as failed:
        fetch(f"{source}/{name}", tmp_path / name, None, quietly)
    assert f"{source}/{name}" in failed.value.message
    assert str(tmp_path / name) in failed.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["web"]


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="Connection refused"):
        fetch("http://127.0.0.1:9/a.jar", tmp_path / "a.jar", None, quietly)


def test_another_file_than_the_last_time_is_refused(source: str, tmp_path: Path) -> None:
    (tmp_path / "web" / "a.jar").write_bytes(b"new")
    (tmp_path / "a.jar").write_bytes(b"old")
    with pytest.raises(CommandFailed, match="has changed since the last download"):
        fetch(f"{source}/a.jar", tmp_path / "a.jar", digest_of(tmp_path / "a.jar"), quietly)
    assert (tmp_path / "a.jar").read_bytes() == b"old"


def test_the_bundled_platform_needs_two_jars_and_the_addon(tmp_path: Path) -> None:
    found = artifacts(tmp_path, "2024.7.0", "https://example.org/")
    assert [artifact.url for artifact in found] == [
        "https://example.org/OpenEMS/openems/releases/download/2024.7.0/openems-edge.jar",
        "https://example.org/OpenEMS/openems/releases/download/2024.7.0/openems-backend.jar",
        "https://example.org/OpenEMS/odoo-openems/archive/refs/heads/16.0.tar.gz",
    ]
