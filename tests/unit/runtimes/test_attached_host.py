from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from edge_tasks.adapters.children import Children
from edge_tasks.proof.availability import Event
from edge_tasks.runtimes.attached_host import AttachedHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def test_what_a_killed_process_wrote_by_half_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    host = AttachedHost(tmp_path, {"processes": 2}, frozenset({"edge0"}), Children(tmp_path / "light.log"))
    (tmp_path / "light-trace-0.jsonl").write_text('[1.0,"edge0","open"]\n[2.0,"ed[2.0,"edge0","ended"]\n[3.0]\n')
    (tmp_path / "light-trace-1.jsonl").write_text('[4.0,"edge1","waiting","why"]\n[5.0,"edge1","op')
    assert list(host.events()) == [Event(1.0, "edge0", "open"), Event(4.0, "edge1", "waiting", "why")]


class Interrupted(Children):
    """Processes that somebody interrupts while they end."""

    def start(self, module: str, arguments: Sequence[str]) -> None:
        """None is needed."""

    def end(self) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_the_apikeys_are_removed_even_if_the_end_is_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "keys.csv.attach"
    host = AttachedHost(folder, {"processes": 1}, frozenset({"edge0"}), Interrupted(folder / "light.log"))

    def run() -> None:
        with host.running():
            assert (folder / "light.json").exists()
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert not (folder / "light.json").exists()
