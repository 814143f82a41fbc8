from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from tests.waiting import await_that

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = """\
groups:
- {{name: bench, edges: 0, meters: 1}}
- {{name: village, edges: 1-2, light: true, meters: {village}, profile: household, zone: Africa/Kampala}}
- {{name: town, edges: "3{more}", light: true, meters: 2, profile: office, seed: 7}}
"""


def document(platform: Any, *arguments: str) -> dict[str, Any]:
    shown = platform.inv(*arguments, "--json").stdout
    found, _ = json.JSONDecoder().raw_decode(shown[shown.index("{\n") :])
    return dict(found)


def changed(platform: Any) -> set[str]:
    """The steps that would change something."""
    return {step for step, changes in document(platform, "plan")["changes"].items() if changes}


def connected_since(platform: Any) -> dict[str, float]:
    """The time of each edge's present connection, once its host is sure of all of them."""

    def edges() -> dict[str, dict[str, Any]]:
        files = (platform.path / ".edge-tasks").glob("light-status-*.json")
        statuses = [json.loads(path.read_bytes()) for path in files]
        return {name: edge for status in statuses for name, edge in status["edges"].items()}

    await_that(lambda: {edge["state"] for edge in edges().values()} == {"connected"})
    return {name: edge["since"] for name, edge in edges().items()}


def meters_of(platform: Any, edge: str) -> list[str]:
    folder: Path = platform.path / "openems-edge" / f"config-{edge}" / "Simulator" / "NRCMeter" / "Acting"
    return sorted(path.name for path in folder.iterdir())


def test_households_come_and_go_and_the_others_stay_as_they_are(platform: Any, tmp_path: Path) -> None:
    made = platform.inv("setup", "--edges", "1", "--light-edges", "2", "--meters", "3")
    assert made.returncode == 0, made.stdout
    assert "3 households each" in made.stdout
    before = meters_of(platform, "edge0")
    assert len(before) == 4
    assert changed(platform) == set()

    grown = platform.inv("setup", "--meters", "7")
    assert grown.returncode == 0, grown.stdout
    assert "answers only for meter0 to meter9, so not for meter10" in grown.stdout
    assert set(before) < set(meters_of(platform, "edge0"))
    assert "register     nothing to do" in grown.stdout
    values = [edge["values"]["_sum/ConsumptionActivePower"] for edge in document(platform, "status")["edges"]]
    assert values == [500 + sum(300 + number for number in range(1, 8))] * 3

    shrunk = platform.inv("setup", "--meters", "3")
    assert shrunk.returncode == 0, shrunk.stdout
    assert meters_of(platform, "edge0") == before

    assert platform.inv("down").returncode == 0
    file = tmp_path / "households.csv"
    assert platform.inv("households", "--output", str(file)).returncode == 0
    with file.open(newline="", encoding="utf-8") as rows:
        found = [(row["edge"], row["channel"]) for row in csv.DictReader(rows)]
    assert found == [
        (f"edge{edge}", f"meter{meter}/ActiveConsumptionEnergy") for edge in range(3) for meter in range(3, 7)
    ]


def test_a_group_changes_without_the_others(platform: Any) -> None:
    file: Path = platform.path / "fleet.yaml"
    file.write_text(GROUPS.format(village=2, more=""))
    made = platform.inv("setup")
    assert made.returncode == 0, made.stdout
    assert "1 edge (fleet.yaml) and 3 light (fleet.yaml), groups bench, village, town" in made.stdout
    assert changed(platform) == set()
    before = connected_since(platform)

    file.write_text(GROUPS.format(village=4, more=",4"))
    assert changed(platform) == {"fleet", "register", "up"}
    grown = platform.inv("setup")
    assert grown.returncode == 0, grown.stdout
    after = connected_since(platform)
    assert {name for name, since in after.items() if since == before.get(name)} == {"edge0", "edge3"}
    listed = document(platform, "households")["households"]
    assert [(one["edge"], one["group"], one["zone"]) for one in listed if one["meter"] == "meter5"] == [
        ("edge1", "village", "Africa/Kampala"),
        ("edge2", "village", "Africa/Kampala"),
        ("edge3", "town", "UTC"),
        ("edge4", "town", "UTC"),
    ]

    refused = platform.inv("setup", "--light-edges", "9")
    assert refused.returncode == 2
    assert "fleet.yaml:4: its groups with 'light: true' have 4 edges, but --light-edges is 9" in refused.stdout
    file.write_text("groups: [")
    assert platform.inv("status").returncode == 2
    assert platform.inv("down", "--purge").returncode == 0
    assert file.exists()
