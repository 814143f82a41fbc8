"""What the declarations of devices make together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.devices import DEVICES
from edge_tasks.light.engine.catalogue import Catalogue
from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import Device
from edge_tasks.light.engine.figures import counter, power, reading
from edge_tasks.light.engine.roles import Meter, Series
from edge_tasks.light.engine.simulation import Simulation
from edge_tasks.light.wire.channel_values import ChannelValues
from edge_tasks.light.wire.model import model_of
from edge_tasks.openems.components import Factory
from edge_tasks.openems.configuration import Component, Configuration
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from edge_tasks.light.engine.plant import Plant


def _channels(own_id: str, plant: Plant) -> ComponentChannels:
    shown = reading(f"{own_id}/ActivePower", power(plant.place[own_id]))
    return ComponentChannels([shown], [counter(own_id, "consumption")], still={f"{own_id}/Mode": 3})


HEAT_PUMP = Device(
    Factory("Some.HeatPump", "Heat pump", "Warms", ("a.nature",), {"State": 0, "Mode": 1}, "consumption"),
    lambda component: Meter("consumption", "series0", "SetPower") if component.flag("on") else None,
    _channels,
    lambda own_id, simulation: f"{simulation.power(own_id)} W",
    {"howWarm": lambda _: {"degrees": 21}},
)
SERIES = Device(Factory("Some.Series", "Series"), lambda _: Series(Datasource((1500,), 0)))
CONFIGURATION = Configuration(
    (
        Component("log0", "Controller.Debug.Log", "log0", "", {}),
        Component("meter0", "Simulator.GridMeter.Reacting", "meter0", "", {}),
        Component("pump0", "Some.HeatPump", "pump0", "", {"on": True}),
        Component("series0", "Some.Series", "series0", "", {}),
    ),
    (),
)


def test_a_component_that_nobody_knew_is_simulated_by_its_declaration_alone() -> None:
    devices = Catalogue({**DEVICES.devices, "Some.HeatPump": HEAT_PUMP, "Some.Series": SERIES})
    model = model_of(CONFIGURATION, devices)
    simulation = Simulation(model.plant, 0)
    simulation.advance(3_600_000)
    text = ChannelValues(model.channels, simulation).everything()
    for said in (b"ActivePower", b"ActiveConsumptionEnergy"):
        assert b'"pump0/%b":1500' % said in text
    assert b'"pump0/Mode":3' in text
    assert b'"pump0/State":0' in text
    assert b'"_sum/ConsumptionActivePower":1500' in text
    assert model.config["factories"]["Some.HeatPump"] == {
        "name": "Heat pump",
        "description": "Warms",
        "natureIds": ["a.nature"],
    }
    assert model.plant.writable == {"pump0/SetPower": "pump0"}
    assert model.answers["pump0"]["howWarm"]({}) == {"degrees": 21}
    assert model.log_line is not None
    assert model.log_line.text(simulation).endswith("pump0[1500 W]")
    assert model.unsimulated == ()


def test_without_its_declaration_it_is_said_not_to_be_simulated() -> None:
    model = model_of(CONFIGURATION)
    assert model.unsimulated == ("Some.HeatPump", "Some.Series")
    assert model.config["factories"]["Some.HeatPump"]["name"] == "Some.HeatPump"
    assert model.channels.constants["pump0/State"] == 0


def test_singletons_run_without_being_configured_and_cannot_be_switched_off() -> None:
    off = Component("_sum", "Core.Sum", "Core.Sum", "", {"enabled": False})
    model = model_of(Configuration((off,), ()))
    assert model.channels.constants.keys() >= {"_sum/GridActivePower", "_meta/Version", "_power/_PropertyP"}
    assert "_sum/_PropertyIgnoreStateComponents" not in model.channels.constants
    assert set(model.answers) == {"_appManager", "_host"}


def test_an_edge_says_the_release_that_it_stands_for_in_all_that_it_sends() -> None:
    model = model_of(CONFIGURATION, version="2026.1.0")
    other = model_of(CONFIGURATION)
    assert (model.version, other.version) == ("2026.1.0", "2024.7.0")
    for text in (model.channels.constant, model.channels.known):
        assert b'"_meta/Version":"2026.1.0"' in text
    before = other.channels.constants
    changed = {name for name, value in model.channels.constants.items() if value != before[name]}
    assert changed == {"_meta/Version"}
    assert model.channels.constants.keys() == other.channels.constants.keys()
    assert len(model.channels.known) == len(other.channels.known)


def test_of_several_loggers_the_first_writes_the_line() -> None:
    logs = [Component(f"log{number}", "Controller.Debug.Log", "x", "", {}) for number in (1, 2)]
    line = DEVICES.log_line(logs)
    assert line is not None
    assert (line.id, line.source) == ("log1", "ler.debug.log.ControllerDebugLogImpl")
    assert DEVICES.log_line([]) is None


def test_readings_are_sent_in_the_order_of_the_plant() -> None:
    pids = {"a": "Simulator.EssSymmetric.Reacting", "b": "Simulator.GridMeter.Reacting"}
    pids |= {"c": "Simulator.NRCMeter.Acting", "d": "Simulator.ProductionMeter.Acting"}
    components = [Component(own_id, pid, own_id, "", {}) for own_id, pid in pids.items()]
    channels = DEVICES.channels(components, DEVICES.plant(components))
    owners = [reading.text.names[0].partition("/")[0] for reading in channels.readings]
    assert list(dict.fromkeys(owners)) == ["d", "c", "b", "a", "_sum"]


def test_every_enabled_component_repeats_its_configuration() -> None:
    components = [Component(own_id, "Some.Other", own_id, "", {"enabled": own_id != "c"}) for own_id in "abc"]
    constants = DEVICES.channels(components, DEVICES.plant(components)).constants
    repeated = {name.partition("/")[0] for name in constants if name.endswith("/_PropertyId")}
    assert repeated == {"a", "b"}
    assert {name for name in constants if name.endswith("/_PropertyEnabled")} >= {"a/_PropertyEnabled"}
