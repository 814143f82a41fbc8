"""Edge templates that a real edge ran for two to eight minutes; ``tests/recordings/told.json`` has what it told.

Each shows one thing: controllers that lack what they name, batteries that nothing leads, sums of batteries.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sample_trees import Tree

_BASE: Final = {
    "scheduler0": ("Scheduler.AllAlphabetically", "controllers.ids=[ ]"),
    "ctrlDebugLog0": ("Controller.Debug.Log", ""),
    "ctrlBackend0": ("Controller.Api.Backend", 'apikey="edge0"\nuri="ws://127.0.0.1:8081"'),
    "rrd4j0": ("Timedata.Rrd4j", ""),
}
RELATIONS: Final = {"E": "EQUALS", "G": "GREATER_OR_EQUALS", "L": "LESS_OR_EQUALS"}
_NONE: Final = "none9/InputOutput0"
_WATCHED: Final = "meter1/ActivePower"


def _used(*values: int) -> Mapping[str, tuple[str, str]]:
    """A grid meter, and a meter that uses each of these powers for 20 seconds."""
    (one,) = struct.unpack(">I", struct.pack(">f", 1))
    source = r"\n".join((_WATCHED, *map(str, values)))
    lines = f'source="{source}"\ntimeDelta=I"20"\nfactor=F"{one}"'
    return {
        "datasource0": ("Simulator.Datasource.CSV.Direct", lines),
        "meter0": ("Simulator.GridMeter.Reacting", ""),
        "meter1": ("Simulator.NRCMeter.Acting", 'datasource.id="datasource0"'),
    }


def _relay(number: int) -> str:
    return f"io0/InputOutput{number}"


def _fix(output: str, is_on: str = "true") -> tuple[str, str]:
    return ("Controller.Io.FixDigitalOutput", f'outputChannelAddress="{output}"\nisOn=B"{is_on}"')


def _chp(watched: str, output: str, mode: str = "AUTOMATIC") -> tuple[str, str]:
    lines = f'mode="{mode}"\ninputChannelAddress="{watched}"\noutputChannelAddress="{output}"\ninvert=B"false"'
    return ("Controller.CHP.SoC", f'{lines}\nlowThreshold=I"20"\nhighThreshold=I"80"')


def _threshold(watched: str, *outputs: str, mode: str = "AUTOMATIC") -> tuple[str, str]:
    some = ", ".join(f'"{one}"' for one in outputs)
    lines = f'mode="{mode}"\ninputChannelAddress="{watched}"\noutputChannelAddress=[ {some} ]\ninvert=B"false"'
    numbers = 'threshold=I"40"\nswitchedLoadPower=I"0"\nminimumSwitchingTime=I"5"'
    return ("Controller.IO.ChannelSingleThreshold", f"{lines}\n{numbers}")


def _heat(*outputs: str, mode: str = "AUTOMATIC", level: str = "LEVEL_3") -> tuple[str, str]:
    named = "\n".join(f'outputChannelPhaseL{number}="{one}"' for number, one in enumerate(outputs, 1))
    lines = f'mode="{mode}"\n{named}\ndefaultLevel="{level}"\npowerPerPhase=I"2000"\nminimumSwitchingTime=I"5"'
    return ("Controller.IO.HeatingElement", f'{lines}\nworkMode="NONE"\nminTime=I"1"\nendTime="17:00"')


def _battery(capacity: int, soc: int) -> tuple[str, str]:
    lines = f'capacity=I"{capacity}"\ninitialSoc=I"{soc}"\nmaxApparentPower=I"1000"'
    return ("Simulator.EssSymmetric.Reacting", lines)


def _power(ess: str, power: int, mode: str = "MANUAL_ON", relation: str = "E") -> tuple[str, str]:
    lines = f'ess.id="{ess}"\nmode="{mode}"\npower=I"{power}"\nrelationship="{RELATIONS[relation]}"'
    return ("Controller.Ess.FixActivePower", f'{lines}\nphase="ALL"\nhybridEssMode="TARGET_DC"')


def power_of(ess: str, led: str) -> tuple[str, str]:
    """A controller that leads a battery as one of :data:`STEPS` says: ``G700`` is 700 W or more."""
    return _power(ess, int(led[1:]), relation=led[0])


_LACKING: Final = {
    **_BASE,
    **_used(10, 50, 10, 50, 90, 50, 10, 50),
    "io0": ("Simulator.IO.DigitalInputOutput", 'numberOfOutputs=I"6"'),
    "fix0": _fix(_NONE),
    "fix1": _fix(_relay(9)),
    "fix2": _fix("io1/InputOutput0"),
    "fix3": _fix(_relay(5)),
    "fix4": _fix(_NONE, "false"),
    "chp0": _chp(_WATCHED, _relay(0)),
    "chp1": _chp(_WATCHED, _NONE),
    "chp2": _chp("none9/Soc", _relay(1)),
    "chp3": _chp("_sum/EssSoc", _relay(1)),
    "chp4": _chp(_WATCHED, _NONE, "MANUAL_ON"),
    "chp5": _chp("meter1/None", _relay(1)),
    "thr0": _threshold(_WATCHED, _NONE),
    "thr1": _threshold(_WATCHED, _relay(2), _NONE),
    "thr2": _threshold("none9/Soc", _relay(1)),
    "thr3": _threshold("_sum/EssSoc", _relay(1)),
    "thr4": _threshold(_WATCHED, _NONE, mode="ON"),
    "thr5": _threshold("none9/Soc", _relay(4), mode="ON"),
    "heat0": _heat(_NONE, _NONE, _NONE),
    "heat1": _heat(_relay(3), _NONE, _relay(1), mode="MANUAL_ON"),
    "heat2": _heat(_NONE, _relay(1), _relay(1), mode="MANUAL_ON", level="LEVEL_1"),
}
"""Controllers that lack a relay or what they watch, and some that lack nothing."""

_FREE: Final = {
    **_BASE,
    **_used(2000),
    "ess0": _battery(100_000, 50),
    "ess1": _battery(100_000, 60),
    "ess2": _battery(100_000, 40),
    "fap0": _power("ess0", 0, "MANUAL_OFF"),
    "fap1": _power("ess1", 0, "MANUAL_OFF"),
    "fap2": _power("ess2", 0, "MANUAL_OFF"),
}
"""Three batteries; what leads them was changed every 30 seconds, see :data:`STEPS`."""

STEPS: Final = (
    "E700 off off",
    "off E700 off",
    "off off E700",
    "E-800 G700 E-500",
    "E800 G-300 off",
    "off G700 off",
    "G700 G300 off",
    "L-500 off off",
    "L-500 G700 off",
    "E300 G700 off",
    "E-300 L-200 off",
    "G200 E-900 off",
    "off off off",
    "E900 L800 G-100",
)
"""What led each of the three batteries: how its power relates to so many W. All three were set with
``updateComponentConfig``, first 15 seconds after the edge had connected, and then every 30 seconds."""

_SUMS: Final = {
    **_BASE,
    **_used(2000),
    "ess0": ("Ess.Cluster", 'ess.ids=[ "ess1", "ess2" ]\nstartStop="START"'),
    "ess1": _battery(900, 30),
    "ess2": _battery(1_300, 33),
    "ess3": _battery(1_000, 50),
    "ess4": _battery(700, 40),
    "fap0": _power("ess0", -1_100),
    "fap3": _power("ess3", 800),
    "fap4": _power("ess4", -500),
}
"""A cluster and two batteries, of which one gives while the others take."""

TREES: Final[Mapping[str, Tree]] = {"lacking": _LACKING, "free": _FREE, "sums": _SUMS}
"""The trees, by their names."""
