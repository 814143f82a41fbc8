"""What stands in each file of the platform's edge template, noted from a checkout of it.

The backend's address is the exception: a checkout has ``ws://localhost:8081``, which no container can reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.openems import felix

FACTORIES: dict[str, dict[str, dict[str, felix.Value]]] = {
    "Controller.Api.Backend": {
        "28628d01-a978-4328-9a8f-b9c7751ed2d2": {
            "id": "ctrlBackend0",
            "alias": "",
            "enabled": True,
            "apiTimeout": 60,
            "apikey": "DEMO_API_KEY",
            "debug": False,
            "noOfCycles": 10,
            "proxyAddress": "",
            "proxyPort": 0,
            "proxyType": "HTTP",
            "uri": "ws://openems-backend:8081",
        },
    },
    "Controller.Api.ModbusTcp.ReadOnly": {
        "17b969c5-fd9f-4cc3-9fba-fe7f41ff7146": {
            "id": "ctrlApiModbusTcp0",
            "alias": "",
            "enabled": False,
            "_lastChangeAt": "2020-09-15T19:21:03",
            "_lastChangeBy": "UNDEFINED",
            "component.ids": ("_sum",),
            "maxConcurrentConnections": 5,
            "port": 502,
        },
    },
    "Controller.Api.Rest.ReadOnly": {
        "fa382062-22d0-40d9-9cbd-006f131ed0dc": {
            "id": "ctrlApiRest0",
            "alias": "",
            "enabled": True,
            "_lastChangeAt": "2020-09-15T19:21:03",
            "_lastChangeBy": "UNDEFINED",
            "debugMode": False,
            "port": 8084,
        },
    },
    "Controller.Api.Websocket": {
        "13718db7-fae4-48ae-b023-dcf6b764c25b": {
            "id": "ctrlApiWebsocket0",
            "alias": "",
            "enabled": True,
            "apiTimeout": 60,
            "port": 8085,
        },
    },
    "Controller.CHP.SoC": {
        "c92f1c86-a9fe-44be-87b4-8f0ace478e55": {
            "id": "ctrlChpSoc0",
            "alias": "Control CHP (BHKW)",
            "enabled": True,
            "highThreshold": 80,
            "inputChannelAddress": "_sum/EssSoc",
            "invert": False,
            "lowThreshold": 20,
            "mode": "AUTOMATIC",
            "outputChannelAddress": "io0/InputOutput2",
        },
    },
    "Controller.Debug.Log": {
        "6fabbde9-3cee-47e5-ae70-3979a044ce95": {
            "id": "ctrlDebugLog0",
            "alias": "",
            "enabled": True,
        },
    },
    "Controller.Ess.LimitTotalDischarge": {
        "5d5d6c32-fd4e-4857-ac8b-31b1d6f23895": {
            "id": "ctrlLimitTotalDischarge0",
            "alias": "",
            "enabled": True,
            "ess.id": "ess0",
            "forceChargePower": "",
            "forceChargeSoc": 10,
            "minSoc": 15,
        },
    },
    "Controller.IO.ChannelSingleThreshold": {
        "ca5bcfd0-236e-4394-a484-730559795770": {
            "id": "ctrlChannelSingleThreshold0",
            "alias": "Control by Threshold",
            "enabled": True,
            "inputChannelAddress": "_sum/EssSoc",
            "invert": True,
            "minimumSwitchingTime": 60,
            "mode": "AUTOMATIC",
            "outputChannelAddress": "io0/InputOutput0",
            "switchedLoadPower": 0,
            "threshold": 40,
        },
    },
    "Controller.IO.HeatingElement": {
        "b29d7d91-2b18-4db2-90ba-fd78224d6b0e": {
            "id": "ctrlIoHeatingElement0",
            "alias": "Control Heating Element",
            "enabled": True,
            "_lastChangeAt": "2020-09-15T19:38:09",
            "_lastChangeBy": "guest: Guest",
            "defaultLevel": "LEVEL_1",
            "endTime": "17:00",
            "minTime": 1,
            "minimumSwitchingTime": 60,
            "mode": "AUTOMATIC",
            "outputChannelPhaseL1": "io0/InputOutput3",
            "outputChannelPhaseL2": "io0/InputOutput4",
            "outputChannelPhaseL3": "io0/InputOutput5",
            "powerPerPhase": 2000,
            "workMode": "TIME",
        },
    },
    "Controller.Io.FixDigitalOutput": {
        "c3f3cb2d-d3ed-4000-b7b3-2d0b2af69b64": {
            "id": "ctrlIoFixDigitalOutput0",
            "alias": "Control Manually",
            "enabled": True,
            "isOn": False,
            "outputChannelAddress": "io0/InputOutput1",
        },
    },
    "Controller.Symmetric.Balancing": {
        "6e15c5d6-3005-49a4-9a96-68fa5f39740f": {
            "id": "ctrlBalancing0",
            "alias": "Self-consumption optimization",
            "enabled": True,
            "ess.id": "ess0",
            "meter.id": "meter0",
            "targetGridSetpoint": 0,
        },
    },
    "Scheduler.AllAlphabetically": {
        "99edc02f-a52c-48b7-9243-99a2a95df120": {
            "id": "scheduler0",
            "alias": "",
            "enabled": True,
            "controllers.ids": ("ctrlLimitTotalDischarge0", "ctrlBalancing0"),
        },
    },
    "Simulator.Datasource.Single.Direct": {
        "80dfc174-ae49-445e-b293-69658074a54f": {
            "id": "datasource2",
            "alias": "Simulated PV East Datasource",
            "enabled": True,
            "timeDelta": -1,
            "values": (2000,),
        },
        "be1a31c2-3d4a-4746-8085-ee1ec1d23383": {
            "id": "datasource0",
            "alias": "Simulated Consumption Datasource",
            "enabled": True,
            "timeDelta": -1,
            "values": (500,),
        },
        "d201ea0c-aab9-48e3-b979-49d4391fc924": {
            "id": "datasource1",
            "alias": "Simulated PV West Datasource",
            "enabled": True,
            "timeDelta": -1,
            "values": (3000,),
        },
    },
    "Simulator.EssSymmetric.Reacting": {
        "e8b3db03-493d-49a2-a060-b9f7c18357e0": {
            "id": "ess0",
            "alias": "Battery",
            "enabled": True,
            "capacity": 10000,
            "datasource.target": "",
            "gridMode": "ON_GRID",
            "initialSoc": 30,
            "maxApparentPower": 10000,
        },
    },
    "Simulator.GridMeter.Reacting": {
        "ce8b44bb-9be7-4afe-8569-b04c51f125c0": {
            "id": "meter0",
            "alias": "Grid",
            "enabled": True,
            "maxActivePower": "",
            "minActivePower": "",
        },
    },
    "Simulator.IO.DigitalInputOutput": {
        "0214028b-a418-4b8e-a926-6e4e8317b4e3": {
            "id": "io0",
            "alias": "Simulated Relay-Board",
            "enabled": True,
            "numberOfOutputs": 6,
        },
    },
    "Simulator.NRCMeter.Acting": {
        "40fc5c07-36e1-41f1-a5ea-770c1e4195e0": {
            "id": "meter3",
            "alias": "Consumption",
            "enabled": True,
            "datasource.id": "datasource0",
            "maxActivePower": "",
            "minActivePower": "",
        },
    },
    "Simulator.ProductionMeter.Acting": {
        "b5ec21fa-6763-4a27-b1e0-58265bc2ee46": {
            "id": "meter1",
            "alias": "PV West",
            "enabled": True,
            "datasource.id": "datasource1",
            "maxActivePower": "",
            "minActivePower": "",
        },
        "f9ce1378-d6c1-48fd-93bb-d7b0f24c64e1": {
            "id": "meter2",
            "alias": "PV East",
            "enabled": True,
            "datasource.id": "datasource2",
            "maxActivePower": "",
            "minActivePower": "",
        },
    },
    "Timedata.Rrd4j": {
        "rrd4j0": {
            "id": "rrd4j0",
            "alias": "",
            "enabled": True,
            "debugMode": False,
            "noOfCycles": 60,
            "readOnly": False,
        },
    },
}
"""Values by factory and by the PID's last part."""
SINGLES: dict[str, dict[str, felix.Value]] = {
    "org.ops4j.pax.logging": {
        "log4j.appender.CONSOLE": "org.apache.log4j.ConsoleAppender",
        "log4j.appender.CONSOLE.layout": "org.apache.log4j.PatternLayout",
        "log4j.appender.CONSOLE.layout.ConversionPattern": "%d{ISO8601} [%-8.8t] %-5p [%-30.30c] %m%n",
        "log4j.logger.org.eclipse.osgi": "WARN",
        "log4j.rootLogger": "INFO, CONSOLE, osgi:*",
    },
    "org_apache_felix_cm_impl_DynamicBindings": {
        "org.ops4j.pax.logging": "jar/pax-logging-log4j1-2.0.5.jar",
    },
}
"""Values by PID; Felix's own bindings have none, but a file's name."""
TARGETS = {
    "ctrlApiModbusTcp0": ("Component.target", "_sum"),
    "meter3": ("datasource.target", "datasource0"),
    "meter1": ("datasource.target", "datasource1"),
    "meter2": ("datasource.target", "datasource2"),
}
"""The references of components to others, by their own id: the property, and the id that is meant."""


def files() -> Iterator[tuple[str, dict[str, felix.Value]]]:
    """PID and values of each file."""
    yield from SINGLES.items()
    for factory, instances in FACTORIES.items():
        for own, values in instances.items():
            pid = f"{factory}.{own}"
            yield pid, {**values, **_target(pid, str(values["id"])), "service.factoryPid": factory}


def _target(pid: str, own_id: str) -> dict[str, felix.Value]:
    if own_id not in TARGETS:
        return {}
    name, other_id = TARGETS[own_id]
    return {name: f"(&(enabled=true)(!(service.pid={pid}))(|(id={other_id})))"}
