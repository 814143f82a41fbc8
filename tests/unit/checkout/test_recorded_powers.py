"""The powers of profiles without seasons, zones and readings are those of edge-tasks before it knew these."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.checkout import load_shapes
from edge_tasks.openems.load_curve import Profile

if TYPE_CHECKING:
    from edge_tasks.openems.load_curve_terms import Kind

DAY = 86_400_000
BEGIN = 20_000 * DAY
OWN: dict[str, dict[str, Any]] = {
    "weekends-of-production": {
        "step_s": 900,
        "utc_offset_min": -345,
        "consumption": {
            "day": [3, 1, 4, 1, 5, 9, 2, 6],
            "weekend": {"00:00": 2, "11:00": 6, "19:30": 8},
            "scale": [0, 1000],
            "shift_min": 720,
            "noise": 1,
        },
        "production": {"day": [0, 1, 0], "weekend": [5, 0, 3, 3], "clouds": [0.25, 0.25], "noise": 0.5},
    },
    "seconds": {
        "step_s": 1,
        "production": {"sun": {"rise": "04:59", "set": "21:01"}, "clouds": [0, 1], "scale": [0.1, 2]},
    },
}
RECORDED = {
    "household/consumption": "42155abb1317e6e6f0c5be20c9df31f05233367cf2606a785849ff51e679d972",
    "household/production": "9b2618cd4c3b2a2488a40a9cfb23c6abe44d465a2f69d66faffb999e6d82d251",
    "office/consumption": "5c8ef9dda7b1d1b3e61bd743e1d570ae8f8ead802ef9ec9ffc8f88d83c03bdf7",
    "office/production": "e910204da7436be68a44cc7ec17d3131c559ad526fc24e6bef859d2ba5a3b92b",
    "pv-farm/consumption": "4aec6bbc2b05948d4a28f83454ebb0110b5fbd66d03eb55898c845a30a8ffeaf",
    "pv-farm/production": "49076d93bd0531d47c4d69172e620d678b58d01155cb29ac4c82914fdf147a30",
    "weekends-of-production/consumption": "3f055533ddcfcd689ab8a1f7bf5adfba78e617a7718eb106e2264bf93440d478",
    "weekends-of-production/production": "f2c35af1aa7a04339cfff6235f49d30c019a33e890ec4c90d64dbed850f53216",
    "seconds/production": "31c1a0178692b14026acab063dfeb924a89d05c207a91f9740d61b51bb0fe576",
}
"""SHA-256 of the powers, and of the moments at which they end, of some 28,000 moments of 400 days."""


@pytest.mark.parametrize("name", RECORDED)
def test_powers_are_those_of_earlier_versions(name: str) -> None:
    profile_name, _, kind = name.partition("/")
    own: Kind = "production" if kind == "production" else "consumption"
    source = _profile(profile_name).source(own, 4321, "2024/edge17/meter1")
    assert source is not None
    moments = range(BEGIN + 7, BEGIN + 400 * DAY, 1_234_567)
    found = [[source.at(one) for one in moments], [source.until(one) for one in moments]]
    assert hashlib.sha256(json.dumps(found).encode()).hexdigest() == RECORDED[name]


def _profile(name: str) -> Profile:
    if name in OWN:
        return Profile.of(OWN[name])
    shape = load_shapes.find(name, Path("/nowhere"))
    assert shape is not None
    return shape.profile
