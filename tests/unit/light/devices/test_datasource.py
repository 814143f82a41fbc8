"""The datasources: one series, columns of a CSV text, and curves that have a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build, Edge

SINGLE = "Simulator.Datasource.Single.Direct"
DIRECT = "Simulator.Datasource.CSV.Direct"
PREDEFINED = "Simulator.Datasource.CSV.Predefined"
CURVE = "H0_HOUSEHOLD_SUMMER_WEEKDAY_PV_PRODUCTION2"


def _metered(edge: Build, pid: str, properties: dict[str, Any], *meters: str) -> Edge:
    return edge(
        ("datasource0", pid, properties),
        *((own_id, "Simulator.ProductionMeter.Acting", {}) for own_id in meters or ("meter1",)),
    )


def _seen(found: Edge, step: int, count: int) -> list[int]:
    powers = [found.values["meter1/ActivePower"]]
    while len(powers) < count:
        powers.append(found.after(step).values["meter1/ActivePower"])
    return powers


@pytest.mark.parametrize(
    ("pid", "properties", "seen"),
    [
        (SINGLE, {"values": (1000, 3000), "timeDelta": 60}, [1000, 3000, 1000]),
        (SINGLE, {"values": ("1000", "3000"), "timeDelta": "60"}, [1000, 3000, 1000]),
        (SINGLE, {"values": (1000,)}, [1000, 1000, 1000]),
        (SINGLE, {}, [0, 0, 0]),
        (DIRECT, {"source": "1000\n3000", "timeDelta": 60}, [1000, 3000, 1000]),
        (DIRECT, {"source": "ActivePower\n1,5\n2,5", "factor": "1000", "timeDelta": 60}, [1500, 2500, 1500]),
        (
            DIRECT,
            {"source": "1.5\n2.5", "format": "ENGLISH", "factor": 1000.0, "timeDelta": 60},
            [1500, 2500, 1500],
        ),
        (DIRECT, {}, [0, 0, 0]),
        (DIRECT, {"source": "ReactivePower\n7"}, [0, 0, 0]),
        (PREDEFINED, {"source": CURVE, "factor": 1, "timeDelta": 60}, [2000, 2002, 2004]),
        (PREDEFINED, {"source": "ZERO"}, [0, 0, 0]),
        (PREDEFINED, {}, [0, 0, 0]),
        (PREDEFINED, {"source": CURVE, "factor": 1e300}, [0, 0, 0]),
    ],
)
def test_a_series_steps_and_starts_again(
    edge: Build, pid: str, properties: dict[str, Any], seen: list[int]
) -> None:
    assert _seen(_metered(edge, pid, properties), 60_000, len(seen)) == seen


@pytest.mark.parametrize("step", [{}, {"timeDelta": -1}, {"timeDelta": 0}])
def test_without_a_time_delta_every_cycle_has_the_next_value(edge: Build, step: dict[str, int]) -> None:
    found = _metered(edge, SINGLE, {"values": (1000, 3000, 5000), **step})
    assert _seen(found, 1000, 4) == [1000, 3000, 5000, 1000]


def test_a_meter_has_the_column_of_its_address_and_else_that_of_its_channel(edge: Build) -> None:
    text = "ActivePower;meter2/ActivePower\n100;200"
    values = _metered(edge, DIRECT, {"source": text}, "meter1", "meter2", "meter3").values
    assert [values[f"meter{number}/ActivePower"] for number in (1, 2, 3)] == [100, 200, 100]


def test_the_standard_load_profile_passes_in_a_day_of_quarters_of_an_hour(edge: Build) -> None:
    source = "H0_HOUSEHOLD_SUMMER_WEEKDAY_STANDARD_LOAD_PROFILE"
    found = _metered(edge, PREDEFINED, {"source": source, "factor": 10_000, "timeDelta": 900})
    assert found.after(86_400_000).values["meter1/ActiveProductionEnergy"] == pytest.approx(28_141, abs=24)
