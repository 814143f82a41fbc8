from __future__ import annotations

import pytest

from edge_tasks.checkout.edge_findings import (
    check_config_target,
    check_foreign_edges,
    check_left_out,
    check_networks,
)
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.roles import Services

SERVICES = Services("edge", "cloud", "db", "odoo", ())


def place(*path: str) -> str:
    return f"compose.yml:{'/'.join(path)}"


def test_edges_that_share_no_network_with_the_backend_are_told_which_one_to_name() -> None:
    project = Project("p", {"edge": {"networks": {"bus": None}}, "cloud": {"networks": {"default": None}}})
    [found] = check_networks(project, SERVICES, place)
    assert found.is_error
    assert found.where == "compose.yml:edge/networks"
    assert found.change == "add one of default to the networks of edge"


@pytest.mark.parametrize("edge", [{"bus": None, "default": None}, {}])
def test_a_network_in_common_or_none_at_all_is_no_finding(edge: dict[str, object]) -> None:
    project = Project("p", {"edge": {"networks": edge}, "cloud": {"networks": {"default": None}}})
    assert check_networks(project, SERVICES, place) == []


def test_an_unknown_place_of_the_configuration_is_said_and_no_error() -> None:
    [found] = check_config_target("edge", is_known=False, place=place)
    assert not found.is_error
    assert "nothing says where edge looks" in found.what
    assert check_config_target("edge", is_known=True, place=place) == []


def test_edges_of_another_program_in_an_override_are_told_how_to_go() -> None:
    names = ("openems-edge-0", "openems-edge-1")
    [found] = check_foreign_edges(names, "docker-compose.override.yml:4", "/c")
    assert found.is_error
    assert "openems-edge-0, openems-edge-1 were not made by edge-tasks" in found.what
    assert "cd /c && docker compose down && mv docker-compose.override.yml" in found.change
    assert "inv setup --adopt" in found.change
    assert check_foreign_edges((), "x:1", "/c") == []


def test_edges_that_somebody_wrote_into_the_compose_file_itself_are_to_be_renamed() -> None:
    [found] = check_foreign_edges(("openems-edge-0",), "docker-compose.yml:4", "/c")
    assert found.change == "rename or remove them"


def test_what_edges_in_a_swarm_do_without_is_said_one_by_one_with_its_place_and_is_no_error() -> None:
    found = check_left_out(["./files at /files"], ["/cache"], ["bus"], ["privileged"], place)
    assert [(one.what, one.where) for one in found] == [
        ("./files at /files is not on the nodes of a Swarm", "compose.yml:volumes"),
        ("edges in a Swarm do not take over the mount /cache", "compose.yml:volumes"),
        ("edges in a Swarm are not in the network bus", "compose.yml:networks"),
        ("edges in a Swarm do not take over privileged", "compose.yml:privileged"),
    ]
    assert not any(one.is_error for one in found)
    assert found[1].change.startswith("name it under tmpfs")
    assert check_left_out([], [], [], [], place) == []
