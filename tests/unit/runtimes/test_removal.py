from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.errors import CommandFailed, FileRefused, FleetError, NotWritable
from edge_tasks.fleet.directories import Directories
from edge_tasks.fleet.record import Record
from edge_tasks.runtimes.docker import edge_files, removal
from edge_tasks.runtimes.docker.removal import ours_to_claim
from tests.unit.steps.neighbours import FLEET

if TYPE_CHECKING:
    from pathlib import Path


def test_root_changes_the_owner_of_no_directory_that_only_has_a_similar_name(tmp_path: Path) -> None:
    directories = Directories(tmp_path)
    directories.write(FLEET.edge(0), {}, "digest")
    for name in (
        "my-config-edge-backup",
        "config-edge1-old",
        "config-edge1",
        "config-edge2",
        ".config-edge3.old",
    ):
        (tmp_path / name).mkdir()
    assert ours_to_claim(directories, {"config-edge2"}) == ("config-edge0", ".config-edge3.old", "config-edge2")


class Platform:
    """One whose registry refuses to be written; which commands of Compose were run."""

    def __init__(self, folder: Path, refusal: FleetError) -> None:
        self.refusal, self.ran = refusal, [""][:0]
        self.record = Record(folder / "record.json")
        self.registry = SimpleNamespace(words=SimpleNamespace(holder="metadata.json"))
        self.context = SimpleNamespace(
            state=SimpleNamespace(record=self.record),
            override=folder / "override.yml",
            platform=SimpleNamespace(bundled=False),
        )
        self.compose = SimpleNamespace(run=lambda *arguments: self.ran.append(arguments[0]))

    def containers(self) -> tuple[()]:
        return ()

    def remove(self) -> str:
        raise self.refusal

    def purge(self) -> str:
        both: Any = self
        return removal.purge(both, both)


@pytest.fixture(autouse=True)
def without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written into a compose override, and no owner is changed."""
    monkeypatch.setattr(removal, "_put_override", lambda _stack: None)
    monkeypatch.setattr(removal, "claim", lambda _stack: None)


@pytest.mark.parametrize("refusal", [FileRefused("line 7: a comment"), NotWritable("read-only")])
def test_while_a_file_still_has_our_entries_nothing_is_removed(tmp_path: Path, refusal: FleetError) -> None:
    platform = Platform(tmp_path, refusal)
    platform.record.note(written={"devices": {}, "at": 0.0})
    with pytest.raises(type(refusal)):
        platform.purge()
    assert platform.ran == []


def test_a_file_into_which_nothing_was_written_stops_no_purge(tmp_path: Path) -> None:
    platform = Platform(tmp_path, FileRefused("line 7: a comment"))
    platform.record.note(corrected=True, folders={})
    assert "which cannot be reached (line 7: a comment)" in platform.purge()
    assert platform.ran == ["down"]


def test_a_database_that_cannot_be_reached_any_more_stops_no_purge(tmp_path: Path) -> None:
    platform = Platform(tmp_path, CommandFailed("its image is gone"))
    platform.record.note(written={"devices": {}, "at": 0.0})
    assert "which cannot be reached (its image is gone)" in platform.purge()


class Running:
    """A platform of which everything runs; which containers were killed."""

    def __init__(self, folder: Path, services: list[str]) -> None:
        self.killed: list[str] = []
        self.removed: list[str] = []
        self.down_works = True
        self.services = SimpleNamespace(backend="backend", door="gate", odoo="odoo16", database="db")
        self.context = SimpleNamespace(state=SimpleNamespace(record=Record(folder / "record.json")))
        here: list[Any] = [
            SimpleNamespace(id=name, service=name, volumes=(f"of-{name}",), is_running=True) for name in services
        ]
        self.here = here
        self.compose = SimpleNamespace(run=lambda *_arguments: self._down())
        self.docker = SimpleNamespace(run=self._run)

    def containers(self) -> list[Any]:
        return list(self.here)

    def _down(self) -> None:
        if not self.down_works:
            raise CommandFailed("interrupted")
        self.here.clear()

    def _run(self, *arguments: str) -> None:
        if arguments[0] == "kill":
            self.killed += arguments[1:]
        elif arguments[:3] == ("rm", "-f", "--volumes"):
            self.removed += arguments[3:]


@pytest.mark.parametrize("is_final", [True, False])
def test_before_a_purge_what_stores_nothing_is_killed_and_what_stores_ends_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_final: bool
) -> None:
    monkeypatch.setattr(edge_files, "is_complete", lambda _stack: True)
    killed, edge = ["backend", "gate", "odoo16", "openems-light-edges"], "openems-edge-0"
    platform: Any = Running(tmp_path, [*killed, edge, "db", "influxdb"])
    stopped = removal.stop(platform, is_final=is_final)
    assert stopped == tuple(sorted([*killed, edge, "db", "influxdb"]))
    assert (platform.killed, platform.removed) == ((killed, [edge]) if is_final else ([], []))


def test_a_purge_that_is_interrupted_has_noted_the_unnamed_volumes_of_services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_files, "is_complete", lambda _stack: True)
    platform: Any = Running(tmp_path, ["db", "odoo16", "openems-edge-0"])
    platform.down_works = False
    with pytest.raises(CommandFailed):
        removal.stop(platform, is_final=True)
    assert platform.context.state.record.entries()["volumes"] == ["of-db", "of-odoo16"]
