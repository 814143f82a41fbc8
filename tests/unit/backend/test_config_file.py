from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.backend.config_file import BadConfigError, read_config

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, Any] = {
    "database": {"host": "127.0.0.1", "port": 5432, "dbname": "openems", "user": "odoo", "password": "hidden"},
    "login": {"user": "admin", "password": "hidden"},
}


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_defaults_are_those_of_a_real_backend(tmp_path: Path) -> None:
    config = read_config(write(tmp_path / "c.json", GOOD))
    assert (config.host, config.edge_port, config.rest_port, config.console_port) == (
        "127.0.0.1",
        8081,
        8075,
        8079,
    )
    assert (config.flush_seconds, config.ping_seconds) == (30.0, 60.0)
    assert config.manager_port is None
    assert "hidden" not in repr(config)


def test_it_behaves_like_the_release_that_is_named(tmp_path: Path) -> None:
    before = read_config(write(tmp_path / "c.json", GOOD))
    after = read_config(write(tmp_path / "c.json", GOOD | {"openems_version": "2025.11.0"}))
    assert (before.release.since, after.release.since) == ("2024.7.0", "2025.6.0")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"edge_port": "8081"}, "edge_port is not a port number"),
        ({"edge_port": 0}, "edge_port is not a port number"),
        ({"manager_port": None}, "manager_port is not a port number"),
        ({"host": 1}, "host is not a text"),
        ({"login": None}, "login is missing"),
        ({"login": {"user": "admin"}}, "login.password is missing or not a text"),
        ({"flush_seconds": 0}, "flush_seconds is not a positive number"),
        ({"history_seconds": "60"}, "history_seconds is not a positive number"),
        ({"timedata": "Timedata.Dummy"}, "timedata is neither Timedata.InfluxDB nor Timedata.AggregatedInfluxDB"),
        ({"openems_version": "newest"}, "openems_version: 'newest' is not a release"),
        ({"edge_prot": 8081}, "unknown entry: edge_prot"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(BadConfigError, match=words):
        read_config(write(tmp_path / "c.json", GOOD | change))


def test_a_file_that_is_not_json_or_is_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadConfigError, match="is not JSON"):
        read_config(tmp_path / "c.json")
    with pytest.raises(BadConfigError, match="cannot be read"):
        read_config(tmp_path / "none.json")
