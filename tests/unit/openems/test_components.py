"""What is known of OpenEMS' components."""

from __future__ import annotations

import pytest

from edge_tasks.openems import components
from edge_tasks.openems.components import COMPONENT, CONTROLLER, METER, SINGLETONS
from edge_tasks.openems.configuration import SINGLETON_IDS


def test_every_edge_runs_ten_singletons_each_with_a_factory_of_its_own() -> None:
    assert len(SINGLETONS) == len({one.pid for one in SINGLETONS.values()}) == 10
    assert {own_id: components.factory(one.pid).name for own_id, one in SINGLETONS.items()}["_sum"] == "Core Sum"
    assert all(own_id == one.id == SINGLETON_IDS[one.pid] for own_id, one in SINGLETONS.items())
    assert list(SINGLETONS) == sorted(SINGLETONS)


def test_a_singleton_has_its_defaults_as_an_edge_tells_them() -> None:
    assert SINGLETONS["_power"].properties["enablePid"] == "true"
    assert SINGLETONS["_sum"].properties["ignoreStateComponents"] == [""]


def test_of_an_unknown_factory_is_known_what_is_true_of_all() -> None:
    device, controller = components.factory("Some.Device"), components.factory("Controller.Some")
    assert (device.pid, controller.pid) == (device.name, controller.name) == ("Some.Device", "Controller.Some")
    assert (device.natures, device.channels) == ((COMPONENT,), {"State": 0})
    assert controller.natures == (COMPONENT, CONTROLLER)
    assert controller.channels == {"State": 0, "RunFailed": 0}
    assert device.measures is controller.measures is None


@pytest.mark.parametrize(
    ("pid", "expected"),
    [
        ("Simulator.NRCMeter.Acting", True),
        ("Simulator.ProductionMeter.Acting", True),
        ("Simulator.GridMeter.Reacting", True),
        ("Meter.Janitza.UMG96RME", True),
        ("Some.SocomecMeter", True),
        ("Simulator.EssSymmetric.Reacting", False),
        ("Controller.Meteorology", False),
    ],
)
def test_a_meter_is_one_by_its_nature_and_an_unknown_one_by_its_name(pid: str, *, expected: bool) -> None:
    assert components.is_meter(pid) is expected


@pytest.mark.parametrize(
    ("pid", "measures"),
    [
        ("Simulator.NRCMeter.Acting", "consumption"),
        ("Simulator.ProductionMeter.Acting", "production"),
        ("Simulator.GridMeter.Reacting", "grid"),
        ("Simulator.EssSymmetric.Reacting", "battery"),
        ("Core.Sum", None),
    ],
)
def test_a_factory_says_whose_power_its_components_have(pid: str, measures: str | None) -> None:
    factory = components.factory(pid)
    assert factory.measures == measures
    assert (METER in factory.natures) is (measures in ("production", "consumption", "grid"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alias", True),
        ("values", True),
        ("id", False),
        ("service.pid", False),
        (":x", False),
        ("a.target", False),
    ],
)
def test_what_is_felixs_own_is_not_public(name: str, *, expected: bool) -> None:
    assert components.is_public(name) is expected


@pytest.mark.parametrize(
    ("pid", "name", "expected"),
    [
        ("Timedata.Rrd4j", "isReadOnly", True),
        ("Timedata.Rrd4j", "noOfCycles", False),
        ("Controller.Api.Backend", "debug", False),
        ("Simulator.GridMeter.Reacting", "minActivePower", False),
        ("Simulator.GridMeter.Reacting", "_lastChangeBy", True),
        ("Simulator.NRCMeter.Acting", "datasource.target", False),
        ("Somebody.Meter", "minActivePower", True),
    ],
)
def test_an_edge_shows_what_a_factory_of_2024_7_0_declares(pid: str, name: str, *, expected: bool) -> None:
    """As ``convertProperties`` of OpenEMS' ``EdgeConfigWorker`` does; of an unknown factory all is shown."""
    assert components.factory(pid).shows(name) is expected


@pytest.mark.parametrize("name", ["alias", "enabled"])
def test_what_nobody_configured_has_the_default_of_its_factory(name: str) -> None:
    assert components.factory("Simulator.Evcs").properties[name] == {"alias": "", "enabled": "true"}[name]
