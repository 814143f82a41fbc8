from __future__ import annotations

import pytest

from edge_tasks.checkout.edge_findings import check_config_target, check_networks
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
