from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.openems.components import SINGLETONS
from edge_tasks.openems.configuration import SINGLETON_IDS
from edge_tasks.openems.singletons import is_configured

if TYPE_CHECKING:
    from edge_tasks.openems import felix

WRITTEN_BY_EDGE: dict[str, felix.Value] = {
    ":org.apache.felix.configadmin.revision:": 2,
    "_lastChangeAt": "2026-11-23T22:08:54",
    "_lastChangeBy": "Internal NetworkConfigurationWorker",
    "service.bundleLocation": "?",
}


@pytest.mark.parametrize("pid", SINGLETON_IDS)
def test_what_a_running_edge_writes_is_nobodys_wish(pid: str) -> None:
    own_id = SINGLETON_IDS[pid]
    defaults = {
        name: tuple(value) if isinstance(value, list) else str(value)
        for name, value in SINGLETONS[own_id].properties.items()
    }
    assert not is_configured(pid, {"id": own_id, "service.pid": pid})
    assert not is_configured(pid, {"id": own_id, "alias": pid, "service.pid": pid, **WRITTEN_BY_EDGE})
    assert not is_configured(pid, {"id": own_id, "alias": own_id, **defaults, **WRITTEN_BY_EDGE})


@pytest.mark.parametrize(
    ("pid", "properties"),
    [
        ("Core.Meta", {"placeName": "Bronx Microgrid"}),
        ("Core.Meta", {"currency": "USD"}),
        ("Core.Cycle", {"cycleTime": 500}),
        ("Core.Sum", {"alias": "House", "essMinDischargePower": 0}),
        ("Core.Sum", {"ignoreStateComponents": ("meter0",)}),
        ("Ess.Power", {"enablePid": False}),
        ("Ess.Power", {"p": 0.2}),
    ],
)
def test_what_differs_from_the_defaults_is_somebodys_wish(pid: str, properties: dict[str, felix.Value]) -> None:
    assert is_configured(pid, {**WRITTEN_BY_EDGE, **properties})


@pytest.mark.parametrize(
    ("pid", "properties"),
    [
        ("Core.Cycle", {"cycleTime": 1000}),
        ("Ess.Power", {"enablePid": True, "p": 0.30000001192092896, "d": "0.1"}),
        ("Core.Sum", {"ignoreStateComponents": ()}),
        ("Core.Host", {"networkConfiguration": '{"interfaces": {"eth0": {}}}'}),
        ("Core.SerialNumber", {"serialNumber": "1"}),
        ("Unknown.Singleton", {"a": "1"}),
    ],
)
def test_defaults_in_another_type_and_facts_of_one_machine_are_nobodys_wish(
    pid: str, properties: dict[str, felix.Value]
) -> None:
    assert not is_configured(pid, {**WRITTEN_BY_EDGE, **properties})
