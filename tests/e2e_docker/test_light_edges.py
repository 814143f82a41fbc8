from __future__ import annotations

from typing import Any

import pytest

LIGHT = "openems-light-edges"


@pytest.fixture
def mixed(platform: Any) -> Any:
    return platform.with_options("--light-image", "edge-tasks-test-base:bookworm")


def test_light_edges_follow_the_others_in_one_container_that_outlives_growth(mixed: Any) -> None:
    assert "31 online, says the backend" in mixed.inv("setup", "--edges", "1", "--light-edges", "30")
    made = mixed.containers()
    assert made.keys() >= {"openems-edge-0", LIGHT}
    assert not mixed.directory(1).exists()
    again = mixed.inv("setup")
    assert again.count("nothing to do") == 7
    assert "61 online" in mixed.inv("setup", "--light-edges", "60")
    assert mixed.containers() == made


def test_a_light_container_that_is_killed_is_named_as_the_reason_and_comes_back(mixed: Any) -> None:
    mixed.inv("setup", "--edges", "1", "--light-edges", "3")
    mixed.docker("stop", "-t", "3", mixed.containers()[LIGHT])
    said = mixed.inv("verify", "--timeout", "8", code=6)
    assert "not online: 3 of 4 edges" in said
    assert "4 online" in mixed.inv("up", "verify")


def test_without_light_edges_their_container_goes(mixed: Any) -> None:
    mixed.inv("setup", "--edges", "1", "--light-edges", "3")
    assert "2 online" in mixed.inv("setup", "--edges", "2", "--light-edges", "0")
    assert LIGHT not in mixed.containers()
    mixed.inv("down", "--purge")
    assert mixed.git("status", "--short", "--ignored") == ""
