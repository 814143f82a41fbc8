"""Edge templates like those that OpenEMS' documentation has people make; every value is our own or a default."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from edge_tasks.checkout.template_file import SourceFile

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree: TypeAlias = "Mapping[str, tuple[str, str]]"
"""By each component's id its factory, and the lines of its own properties."""

_BASE: Final = {
    "scheduler0": ("Scheduler.AllAlphabetically", "controllers.ids=[ ]"),
    "ctrlDebugLog0": ("Controller.Debug.Log", ""),
    "ctrlApiWebsocket0": ("Controller.Api.Websocket", 'port=I"8085"'),
    "ctrlBackend0": ("Controller.Api.Backend", 'apikey="edge0"\nuri="ws://localhost:8081"'),
}
GETTING_STARTED: Final = {
    **_BASE,
    "datasource0": (
        "Simulator.Datasource.CSV.Predefined",
        'factor=F"1176256512"\nsource="H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE"\ntimeDelta=I"-1"',
    ),
    "meter0": ("Simulator.GridMeter.Acting", 'datasource.id="datasource0"'),
    "ess0": ("Simulator.EssSymmetric.Reacting", 'capacity=I"10000"\ninitialSoc=I"50"\nmaxApparentPower=I"10000"'),
    "ctrlBalancing0": ("Controller.Symmetric.Balancing", 'ess.id="ess0"\nmeter.id="meter0"'),
}
"""What the documentation's "getting started" makes, with the connection to a backend at its end."""

SITE: Final = {
    **_BASE,
    "scheduler0": (
        "Scheduler.AllAlphabetically",
        'controllers.ids=[ "ctrlLimitActivePower0", "ctrlFixActivePower0", "ctrlPeakShaving0" ]',
    ),
    "datasource0": ("Simulator.Datasource.CSV.Direct", r'source="ActivePower\n900\n1100"' + '\ntimeDelta=I"60"'),
    "datasource1": ("Simulator.Datasource.Single.Direct", 'values=i[ "2400" ]\ntimeDelta=I"-1"'),
    "meter0": ("Simulator.GridMeter.Reacting", ""),
    "meter1": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource0"'),
    "pvInverter0": ("Simulator.PvInverter", 'datasource.id="datasource1"'),
    "ess0": ("Ess.Cluster", 'ess.ids=[ "ess1", "ess2" ]\nstartStop="START"'),
    "ess1": ("Simulator.EssSymmetric.Reacting", 'capacity=I"10000"\ninitialSoc=I"50"\nmaxApparentPower=I"10000"'),
    "ess2": ("Simulator.EssSymmetric.Reacting", 'capacity=I"20000"\ninitialSoc=I"50"\nmaxApparentPower=I"10000"'),
    "evcs0": ("Simulator.Evcs", 'maxHwPower=I"22080"\nminHwPower=I"4140"'),
    "ctrlEvcs0": ("Controller.Evcs", 'enabledCharging=B"true"\nevcs.id="evcs0"\nchargeMode="FORCE_CHARGE"'),
    "ctrlLimitActivePower0": (
        "Controller.Symmetric.LimitActivePower",
        'ess.id="ess0"\nmaxChargePower=I"5000"\nmaxDischargePower=I"5000"',
    ),
    "ctrlFixActivePower0": ("Controller.Ess.FixActivePower", 'ess.id="ess0"\nmode="MANUAL_OFF"\npower=I"0"'),
    "ctrlPeakShaving0": (
        "Controller.Symmetric.PeakShaving",
        'ess.id="ess0"\nmeter.id="meter0"\npeakShavingPower=I"5000"\nrechargePower=I"0"',
    ),
    "ctrlLimitTotalDischarge0": ("Controller.Ess.LimitTotalDischarge", 'ess.id="ess0"\nminSoc=I"15"'),
}
"""A site with a cluster of batteries, an inverter and a charging station."""


def sources_of(tree: Tree) -> list[SourceFile]:
    """The files of a tree, where Felix looks for them."""
    return [_source(own_id, *one) for own_id, one in tree.items()]


def _source(own_id: str, factory: str, lines: str) -> SourceFile:
    pid = f"{factory}.{uuid5(NAMESPACE_URL, own_id)}"
    text = f'id="{own_id}"\nenabled=B"true"\nservice.factoryPid="{factory}"\nservice.pid="{pid}"\n{lines}\n'
    return SourceFile(PurePosixPath(pid.replace(".", "/") + ".config"), text)
