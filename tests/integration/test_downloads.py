from __future__ import annotations

import os
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.downloads import fetch, is_whole
from edge_tasks.adapters.files import digest_of
from edge_tasks.adapters.wheels import fetch_wheel
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


def test_the_bundled_platform_needs_two_jars_the_addon_and_the_two_that_it_depends_on(tmp_path: Path) -> None:
    found = artifacts(tmp_path, "2024.7.0", "https://example.org/")
    assert [artifact.origin for artifact in found] == [
        "https://example.org/OpenEMS/openems/releases/download/2024.7.0/openems-edge.jar",
        "https://example.org/OpenEMS/openems/releases/download/2024.7.0/openems-backend.jar",
        "https://example.org/OpenEMS/odoo-openems/archive/refs/heads/16.0.tar.gz",
        "odoo-addon-web-m2x-options==16.0.1.1.3.5",
        "odoo-addon-partner-firstname==16.0.1.0.6.1",
    ]


def test_a_package_of_another_version_that_was_put_there_by_hand_is_found(tmp_path: Path) -> None:
    *_, package = artifacts(tmp_path, "2024.7.0", "")
    assert package.found is None
    (tmp_path / "odoo").mkdir()
    by_hand = tmp_path / "odoo" / "odoo_addon_partner_firstname-16.0.1.0.2-py3-none-any.whl"
    by_hand.touch()
    assert package.found == by_hand


@pytest.mark.parametrize("name", ["openems-edge.jar", "addon.whl", "odoo-openems.tar.gz"])
def test_a_file_that_was_not_copied_to_its_end_is_recognised(tmp_path: Path, name: str) -> None:
    (tmp_path / "content").write_bytes(os.urandom(20_000))
    if name.endswith(".tar.gz"):
        with tarfile.open(tmp_path / name, "w:gz") as archive:
            archive.add(tmp_path / "content", "content")
    else:
        with zipfile.ZipFile(tmp_path / name, "w") as jar:
            jar.write(tmp_path / "content", "content")
    assert is_whole(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    for length in (0, 100, len(whole) // 2):
        (tmp_path / name).write_bytes(whole[:length])
        assert not is_whole(tmp_path / name)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A wheel that only Pythons after the last one take, in a folder where pip finds it; its SHA-256."""
    wheel = tmp_path / "index" / "acme_addon-16.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        metadata = "Metadata-Version: 2.1\nName: acme-addon\nVersion: 16.0\nRequires-Python: >=4\n"
        archive.writestr("acme_addon-16.0.dist-info/METADATA", metadata)
        archive.writestr("acme_addon-16.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("acme_addon-16.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return digest_of(wheel)


def test_pip_fetches_a_wheel_whichever_python_it_is_for(index: str, tmp_path: Path) -> None:
    path = tmp_path / "odoo" / "acme_addon-16.0-py3-none-any.whl"
    path.parent.mkdir()
    fetch_wheel("acme-addon==16.0", index, path)
    assert digest_of(path) == index
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("requirement", "sha256", "said"),
    [
        ("acme-addon==16.0", "0" * 64, "DO NOT MATCH THE HASHES|Expected sha256 0000"),
        ("acme-addon==17.0", "0" * 64, "No matching distribution"),
    ],
)
@pytest.mark.usefixtures("index")
def test_a_wheel_that_cannot_be_had_says_where_to_put_it_by_hand_and_leaves_nothing(
    tmp_path: Path, requirement: str, sha256: str, said: str
) -> None:
    path = tmp_path / "odoo" / "acme_addon-16.0-py3-none-any.whl"
    path.parent.mkdir()
    with pytest.raises(CommandFailed, match=said) as failed:
        fetch_wheel(requirement, sha256, path)
    assert f"put {path.name}, or another version of it, into {path.parent} by hand" in failed.value.hint
    assert list(path.parent.iterdir()) == []
