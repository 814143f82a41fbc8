"""Edge templates that a real edge ran for ten minutes; ``tests/recordings/trials.json`` has what it stored.

Their batteries are small and their datasources quick, so that ten minutes show them full, empty and limited.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.sample_trees import Tree

_BASE: Final = {
    "ctrlDebugLog0": ("Controller.Debug.Log", ""),
    "ctrlBackend0": ("Controller.Api.Backend", 'apikey="edge0"\nuri="ws://localhost:8081"'),
    "rrd4j0": ("Timedata.Rrd4j", ""),
}


def _battery(capacity: int, soc: int, power: int) -> tuple[str, str]:
    lines = f'capacity=I"{capacity}"\ninitialSoc=I"{soc}"\nmaxApparentPower=I"{power}"'
    return ("Simulator.EssSymmetric.Reacting", lines)


def _scheduler(*controllers: str) -> tuple[str, str]:
    return ("Scheduler.AllAlphabetically", f"controllers.ids=[ {_texts(controllers)} ]")


def _values(seconds: int, *values: int) -> tuple[str, str]:
    return ("Simulator.Datasource.Single.Direct", f'values=i[ {_texts(values)} ]\ntimeDelta=I"{seconds}"')


def _csv(seconds: int, factor: float, *lines: str) -> tuple[str, str]:
    """Felix has a float as the whole number that has the same bits."""
    (bits,) = struct.unpack(">I", struct.pack(">f", factor))
    source = r"\n".join(lines)
    text = f'source="{source}"\ntimeDelta=I"{seconds}"\nfactor=F"{bits}"'
    return ("Simulator.Datasource.CSV.Direct", text)


def _texts(items: Iterable[object]) -> str:
    return ", ".join(f'"{item}"' for item in items)


_HOUSE: Final = {
    **_BASE,
    "scheduler0": _scheduler("ctrlBalancing0"),
    "datasource0": (
        "Simulator.Datasource.CSV.Predefined",
        'factor=F"1176256512"\nsource="H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE"\ntimeDelta=I"60"',
    ),
    "meter0": ("Simulator.GridMeter.Acting", 'datasource.id="datasource0"'),
    "ess0": _battery(10_000, 50, 10_000),
    "ctrlBalancing0": ("Controller.Symmetric.Balancing", 'ess.id="ess0"\nmeter.id="meter0"'),
}
"""A grid meter that acts, and a curve of the day of which each value lasts a minute."""

_CLUSTER: Final = {
    **_BASE,
    "scheduler0": _scheduler("ctrlLimitTotalDischarge0", "ctrlLimitActivePower0", "ctrlPeakShaving0"),
    "datasource0": _csv(90, 1, "ActivePower", "900", "900", "8000", "3000", "12000", "6500", "4000"),
    "datasource1": _values(-1, 2400),
    "meter0": ("Simulator.GridMeter.Reacting", ""),
    "meter1": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource0"'),
    "pvInverter0": ("Simulator.PvInverter", 'datasource.id="datasource1"'),
    "ess0": ("Ess.Cluster", 'ess.ids=[ "ess1", "ess2" ]\nstartStop="START"'),
    "ess1": _battery(5_000, 50, 10_000),
    "ess2": _battery(10_000, 51, 10_000),
    "ctrlLimitTotalDischarge0": (
        "Controller.Ess.LimitTotalDischarge",
        'ess.id="ess1"\nminSoc=I"48"\nforceChargeSoc=I"46"\nforceChargePower=I"500"',
    ),
    "ctrlLimitActivePower0": (
        "Controller.Symmetric.LimitActivePower",
        'ess.id="ess0"\nmaxChargePower=I"3000"\nmaxDischargePower=I"6000"',
    ),
    "ctrlPeakShaving0": (
        "Controller.Symmetric.PeakShaving",
        'ess.id="ess0"\nmeter.id="meter0"\npeakShavingPower=I"5000"\nrechargePower=I"2000"',
    ),
}
"""Two batteries that are led as one against peaks, and one of them limited."""

_LIMITS: Final = {
    **_BASE,
    "scheduler0": _scheduler("ctrlFixActivePower0", "ctrlFixActivePower1", "ctrlBalancing0"),
    "datasource0": _values(-1, 2_000),
    "datasource1": _csv(60, 2, "meter2/ActivePower;ActivePower", "100;3000", "100;3000", "200;5000", "300;8000"),
    "meter0": ("Simulator.GridMeter.Reacting", ""),
    "meter1": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource0"'),
    "meter2": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource1"'),
    "pvInverter0": ("Simulator.PvInverter", 'datasource.id="datasource1"'),
    "ess0": _battery(1_000, 98, 900),
    "ess1": _battery(1_000, 2, 900),
    "ess2": _battery(6_000, 50, 20_000),
    "ctrlFixActivePower0": (
        "Controller.Ess.FixActivePower",
        'ess.id="ess0"\nmode="MANUAL_ON"\npower=I"-800"\nrelationship="EQUALS"',
    ),
    "ctrlFixActivePower1": (
        "Controller.Ess.FixActivePower",
        'ess.id="ess1"\nmode="MANUAL_ON"\npower=I"700"\nrelationship="EQUALS"',
    ),
    "ctrlBalancing0": ("Controller.Symmetric.Balancing", 'ess.id="ess2"\nmeter.id="meter0"'),
    "evcs0": ("Simulator.Evcs", ""),
    "evcs1": ("Simulator.Evcs", 'maxHwPower=I"11000"\nminHwPower=I"4140"'),
    "evcs2": ("Simulator.Evcs", ""),
    "ctrlEvcs0": ("Controller.Evcs", 'evcs.id="evcs0"\nchargeMode="FORCE_CHARGE"'),
    "ctrlEvcs1": ("Controller.Evcs", 'evcs.id="evcs1"\nchargeMode="EXCESS_POWER"\npriority="CAR"'),
    "ctrlEvcs2": (
        "Controller.Evcs",
        'evcs.id="evcs2"\nchargeMode="EXCESS_POWER"\npriority="STORAGE"\ndefaultChargeMinPower=I"5000"',
    ),
}
"""A battery that gets full and one that gets empty, an inverter, and a charging station in each mode."""

TRIALS: Final[Mapping[str, Tree]] = {"house": _HOUSE, "cluster": _CLUSTER, "limits": _LIMITS}
"""The trees, by their names."""
AHEAD: Final[Mapping[str, int]] = {"house": 60, "cluster": 90, "limits": 0}
"""In seconds. A real datasource goes on to its second value in its first cycle, if a meter has asked it before
that."""
