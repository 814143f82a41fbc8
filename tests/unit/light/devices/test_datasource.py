from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.light.devices.built_edge import Build


@pytest.mark.parametrize(
    ("properties", "seen"),
    [
        ({"values": (1000, 3000), "timeDelta": 60}, [1000, 3000, 1000]),
        ({"values": ("1000", "3000"), "timeDelta": "60"}, [1000, 3000, 1000]),
        ({"values": (1000, 3000)}, [1000, 1000, 1000]),
        ({"values": (1000, 3000), "timeDelta": -1}, [1000, 1000, 1000]),
        ({}, [0, 0, 0]),
    ],
)
def test_a_series_steps_and_starts_again(edge: Build, properties: dict[str, Any], seen: list[int]) -> None:
    found = edge(
        ("datasource0", "Simulator.Datasource.Single.Direct", properties),
        ("meter1", "Simulator.ProductionMeter.Acting", {}),
    )
    powers = []
    for _ in seen:
        powers.append(found.values["meter1/ActivePower"])
        found.after(60_000)
    assert powers == seen
