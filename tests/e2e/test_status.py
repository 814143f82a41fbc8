from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import Any

from tests.inv import ROOT, inv
from tests.waiting import await_that


def stop_edge(platform: Any, name: str) -> None:
    path = platform.path / ".edge-tasks" / "light.json"
    document = json.loads(path.read_text())
    document["edges"] = [edge for edge in document["edges"] if edge["name"] != name]
    path.write_text(json.dumps(document))


def listed(text: str) -> list[str]:
    return re.findall(r"^(edge\d+)  ", text, re.MULTILINE)


def test_status_shows_those_that_were_asked_for(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "5").returncode == 0
    assert listed(platform.inv("status").stdout) == ["edge0", "edge1", "edge2", "edge3", "edge4"]
    assert listed(platform.inv("status", "--edge", "1,3-4").stdout) == ["edge1", "edge3", "edge4"]
    refused = platform.inv("status", "--edge", "5")
    assert refused.returncode == 2
    assert "there is no edge5" in refused.stdout
    assert platform.inv("status", "--quiet").stdout == ""

    stop_edge(platform, "edge2")
    await_that(lambda: not platform.client.online(["edge2"])["edge2"])
    judged = platform.inv("verify", "--timeout", "5")
    assert judged.returncode == 6
    ill = platform.inv("status", "--offline", "--check")
    assert ill.returncode == 6
    assert listed(ill.stdout) == ["edge2"]
    assert "4 of 5 online" in ill.stdout
    assert platform.inv("status", "--quiet").stdout == "edge2: its process does not run → inv up\n"
    assert platform.inv("status", "--edge", "3", "--check").returncode == 0


def test_a_watch_goes_on_until_it_is_interrupted(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "1").returncode == 0
    command = inv("status", "--watch", "--platform", str(platform.path))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        seen = 0
        for line in watch.stdout:
            seen += line.startswith("edge0  online")
            if seen == 2:
                break
        watch.send_signal(signal.SIGINT)
        watch.stdout.read()
    assert watch.returncode == 0


def test_the_log_of_an_edge_has_its_connection_and_following_it_ends_with_ctrl_c(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    log = platform.path / ".edge-tasks" / "light.log"
    await_that(lambda: "edge1: connected" in log.read_text())
    said = platform.inv("logs", "--edge", "1").stdout
    assert "edge1: connected" in said
    assert "edge0" not in said
    command = inv("logs", "--edge", "1", "--follow", "--platform", str(platform.path))
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as following:
        assert following.stdout is not None
        assert following.stdout.readline().startswith("edges | ")
        following.send_signal(signal.SIGINT)
        assert following.communicate()[1] == ""
    assert following.returncode == 0


def test_a_reader_that_stops_reading_is_not_an_error() -> None:
    command = ["bash", "-c", f"{sys.executable} -m invoke --list | head -1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Available tasks")
    assert done.stderr == ""
