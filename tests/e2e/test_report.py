from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_is_one_file_with_every_edge_and_no_key(platform: Any, tmp_path: Path) -> None:
    assert platform.inv("setup", "--edges", "3").returncode == 0
    path = tmp_path / "run.html"
    done = platform.inv("report", "--seconds", "2", "--output", str(path))
    assert done.returncode == 0, done.stdout
    page = path.read_text()
    assert "<h1>3 edges: 3 online</h1>" in page
    assert [f'<th scope="row">edge{index}</th>' in page for index in range(3)] == [True] * 3
    assert re.search(r"half of 3 within [0-9.]+ s", page)
    assert re.findall(r'<th scope="row">(doctor|register|up|verify)</th>', page) == [
        "doctor",
        "register",
        "up",
        "verify",
    ]
    sums = re.findall(r'<td class="number">([^<]*)</td>', page[page.index("<tfoot>") :])
    assert sums[1:3] == ["15,000", "1,500"]
    assert float(sums[5]) >= 0
    assert not re.findall(r"(?:src|href)=", page)
    backend = (platform.path / "openems-edge").glob("config-edge*/Controller/Api/Backend/*.config")
    keys = [re.findall('apikey="(.*)"', config.read_text())[0] for config in backend]
    assert len(keys) == 3
    assert not [key for key in keys if key in page]


def test_an_edge_that_came_again_is_told_and_not_drawn(platform: Any, tmp_path: Path) -> None:
    assert platform.inv("setup", "--edges", "3").returncode == 0
    assert platform.inv("restart", "--edge", "1").returncode == 0
    path = tmp_path / "run.html"
    assert platform.inv("report", "--seconds", "1", "--output", str(path)).returncode == 0
    assert "half of 2 within" in path.read_text()
    assert "1 edge came later, maybe again, and is not in the chart." in path.read_text()


def test_a_report_of_a_fleet_that_is_down_says_what_to_type(platform: Any, tmp_path: Path) -> None:
    assert platform.inv("gen-configs").returncode == 0
    refused = platform.inv("report")
    assert refused.returncode == 2
    assert "→ inv up" in refused.stdout
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    refused = platform.inv("report", "--output", str(mine))
    assert f"--output would replace {mine}, which is no report of inv report" in refused.stdout
    assert (refused.returncode, mine.read_text()) == (2, "mine")


def test_a_report_shows_a_year_of_energy_of_the_fleet_and_its_households(platform: Any, tmp_path: Path) -> None:
    assert platform.inv("setup", "--edges", "2", "--meters", "1").returncode == 0
    path = tmp_path / "run.html"
    assert platform.inv("report", "--seconds", "1", "--output", str(path)).returncode == 0
    assert "A year of energy" not in path.read_text()
    begin = datetime.now(timezone.utc).date() - timedelta(40)
    assert platform.inv("backfill", "--from", begin.isoformat()).returncode == 0
    assert platform.inv("report", "--seconds", "1", "--output", str(path)).returncode == 0
    page = path.read_text()
    titles = re.findall("<h3>(.*?)</h3>", page[page.index("A year of energy") :])
    assert titles[0] == "Consumption of 2 edges"
    assert sorted(titles[1:]) == [
        "edge0: Consumption (meter3)",
        "edge0: Household 1 (meter4)",
        "edge1: Consumption (meter3)",
        "edge1: Household 1 (meter4)",
    ]
    assert page.count("<svg ") == 5
