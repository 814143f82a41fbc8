from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.settings import Choices, check_ports, check_size
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import PORTS_TAKEN_BY_PLATFORM, ports_of


def test_the_option_beats_the_environment_the_saved_fleet_the_file_and_the_default() -> None:
    sources: list[dict[str, Any]] = [{"edges": "5"}, {"EDGE_TASKS_EDGES": "4"}, {"edges": 3}, {"edges": 2}]
    for position, value in enumerate((5, 4, 3, 2)):
        given = [source if place >= position else {} for place, source in enumerate(sources)]
        environ = {name: str(text) for name, text in given[1].items()}
        assert Choices(given[0], environ, given[2], given[3]).chosen("edges").value == value
    assert Choices({}, {}, {}, {}).chosen("edges").value == 1


@pytest.mark.parametrize("typed", ["-1", "x", "1.5", "1000000", "٣", " "])
def test_a_number_of_edges_that_is_none_is_refused_with_what_is_allowed(typed: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Choices({"edges": typed}, {}, {}, {}).chosen("edges")
    assert refused.value.exit_code == 2
    assert "from 0 to 100000" in refused.value.hint


def test_a_fault_in_the_environment_names_the_variable() -> None:
    with pytest.raises(SettingsError, match="EDGE_TASKS_RUNTIME"):
        Choices({}, {"EDGE_TASKS_RUNTIME": "podman"}, {}, {}).chosen("runtime")


def test_an_offset_that_meets_the_platform_is_refused() -> None:
    check_ports(1000, 574)
    with pytest.raises(SettingsError, match=r"port 80\d\d"):
        check_ports(1, 3)


def test_a_fleet_has_an_edge_of_one_kind_or_the_other() -> None:
    check_size(0, 1)
    with pytest.raises(SettingsError, match="this fleet would have no edge") as refused:
        check_size(0, 0)
    assert refused.value.hint == "--edges 1, or --light-edges 1, or more"
    with pytest.raises(SettingsError, match="99,999 edges and 2 light edges are too many"):
        check_size(99_999, 2)


def test_of_what_is_saved_beside_the_fleet_only_what_was_chosen_is_kept() -> None:
    choices = Choices(
        {"edge_heap": "256m"}, {"EDGE_TASKS_SEED": "a"}, {"reconnect": "openems"}, {"profile": "office"}
    )
    assert choices.chosen_extras() == {
        "edge_heap": "256m",
        "seed": "a",
        "reconnect": "openems",
        "profile": "office",
    }
    assert choices.extras()["connect_rate"] == 500
    assert Choices({}, {}, {}, {}).chosen_extras() == {}


def test_a_setting_is_a_number_or_a_text() -> None:
    choices = Choices({}, {}, {}, {})
    assert (choices.number("edges"), choices.text("runtime")) == (1, "auto")
    with pytest.raises(TypeError):
        choices.number("runtime")
    with pytest.raises(TypeError):
        choices.text("edges")


@given(st.integers(0, 2500), st.integers(1, 60))
def test_an_offset_is_refused_just_when_a_port_of_an_edge_would_be_one_of_the_platforms(
    offset: int, edges: int
) -> None:
    found = [ports for index in range(edges) if (ports := ports_of(index, offset))]
    taken = {port for ports in found for port in (ports.console, ports.websocket)} & PORTS_TAKEN_BY_PLATFORM
    if not taken:
        check_ports(offset, edges)
        return
    with pytest.raises(SettingsError, match=r"which the platform uses$") as refused:
        check_ports(offset, edges)
    assert f"on port {min(taken)}," in refused.value.message
