from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.cli.resetting import reset
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.record import Record
from edge_tasks.plan import Plan
from edge_tasks.timedata.errors import HistoryError
from tests.unit.steps.neighbours import FLEET, Host, Lines, Status
from tests.unit.steps.test_reset import History

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Storage:
    """An InfluxDB whose port must be published before it is reached from here."""

    found: History
    is_published: bool = False
    refusal: SettingsError | None = None
    begun: list[bool] = field(default_factory=list)

    def history(self) -> History:
        if not self.is_published:
            raise HistoryError("the InfluxDB cannot be reached from here", hint="inv backfill publishes its port")
        return self.found

    def publication(self) -> Storage:
        return self

    def find(self) -> Plan[str]:
        changes = () if self.is_published else ("publish port 8086",)
        return Plan(changes, "InfluxDB can be reached", "influxdb", refusal=self.refusal)

    def apply(self, _plan: Plan[str]) -> str:
        assert self.begun, "the platform is locked before a container is made anew"
        self.is_published = True
        return "influxdb at 127.0.0.1:18086"


class Scene:
    """A fleet that runs, and the call of ``inv reset --history``."""

    def __init__(self, folder: Path) -> None:
        self.host = Host(FLEET, Status(), running={edge.name for edge in FLEET.edges})
        self.storage, self.lines = Storage(History(self.host)), Lines()
        services = SimpleNamespace(running=lambda: True)
        self.session: Any = SimpleNamespace(
            require_fleet=lambda: None,
            begin=lambda: self.storage.begun.append(True),
            look_again=lambda: None,
            flag=lambda name: name == "history",
            console=self.lines,
            runtime=SimpleNamespace(services=services, storage=self.storage, edges=self.host),
            target=SimpleNamespace(fleet=FLEET, state=SimpleNamespace(record=Record(folder / "record.json"))),
        )


def test_a_history_that_is_not_reached_from_here_is_made_reachable_and_removed(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    reset(scene.session)
    assert [name for name, _, _ in scene.lines.steps] == ["publish", "reset"]
    assert len(scene.storage.found.deleted) == 1


def test_a_history_that_is_reached_is_left_where_it_is(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.storage.is_published = True
    reset(scene.session)
    assert [name for name, _, _ in scene.lines.steps] == ["reset"]


def test_nothing_is_removed_if_data_would_be_lost_by_that(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.storage.refusal = SettingsError("its data lie in no volume that has a name")
    with pytest.raises(SettingsError, match="no volume"):
        reset(scene.session)
    assert (scene.lines.steps, scene.storage.found.deleted) == ([], [])
