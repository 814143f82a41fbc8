from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge_tasks.backend.config_file import BadConfigError
from edge_tasks.backend.edge_app.config_file import Config, read_config

if TYPE_CHECKING:
    from pathlib import Path

URI = "ws://127.0.0.1:8083"


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_defaults_are_those_of_a_real_program(tmp_path: Path) -> None:
    config = read_config(write(tmp_path / "c.json", {"uri": URI}))
    assert config == Config(URI, "edges0", "127.0.0.1", 8081, report_seconds=5.0, ping_seconds=60.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"uri": None}, "uri is not a text"),
        ({"uri": "http://127.0.0.1:8083"}, "uri is missing or not that of a websocket"),
        ({"edge_port": "8081"}, "edge_port is not a port number"),
        ({"id": 1}, "id is not a text"),
        ({"report_seconds": 0}, "report_seconds is not a positive number"),
        ({"edge_prot": 8081}, "unknown entry: edge_prot"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(BadConfigError, match=words):
        read_config(write(tmp_path / "c.json", {"uri": URI} | change))
