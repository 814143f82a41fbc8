from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.project import Project, environment_of, is_bind_of, plain, ports_of, volumes_of
from edge_tasks.checkout.roles import ROLES, WITHOUT_ODOO, missing_roles, with_players

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Port, Service, Volume

FOLDER = "/c/openems-edge/config.d"
BIND: Volume = {"type": "bind", "source": f"{FOLDER}/", "target": "/etc/openems.d"}
ALL: dict[str, Service] = {
    "db": {"image": "postgres:15"},
    "odoo16": {"image": "odoo:16.0"},
    "openems-backend": {},
    "openems-edge": {},
}


def with_ports(*ports: Port) -> Project:
    return Project("p", {"s": {"ports": list(ports)}})


@pytest.mark.parametrize(
    "port",
    [
        {"target": 80},
        {"target": 80, "published": ""},
        {"target": 80, "published": "8000-8010"},
        {"target": 80, "published": "8080", "protocol": "udp"},
    ],
)
def test_a_port_that_is_nowhere_for_sure_is_not_published(port: Port) -> None:
    assert with_ports(port).published("s", 80) is None
    assert with_ports(port).host_ports() == {}


def test_of_several_ports_the_one_that_leads_there_is_found() -> None:
    project = with_ports({"target": 81, "published": "1"}, {"target": 80}, {"target": 80, "published": "2"})
    assert project.published("s", 80) == 2


def test_a_mounted_folder_is_found_with_and_without_a_slash_at_its_end() -> None:
    project = Project("p", {"s": {"volumes": [{"type": "volume", "source": FOLDER, "target": "/x"}, BIND]}})
    assert project.bind_target("s", FOLDER) == "/etc/openems.d"
    assert project.bind_target("s", f"{FOLDER}/") == "/etc/openems.d"
    assert project.bind_target("s", "/c/openems-edge") is None
    assert project.bind_sources() == {FOLDER}


def test_a_named_volume_is_not_a_folder_of_the_host() -> None:
    assert not is_bind_of({"type": "volume", "source": FOLDER}, FOLDER)
    assert is_bind_of(BIND, FOLDER)


def test_a_service_without_a_section_has_nothing_in_it() -> None:
    service: Service = {}
    assert (list(ports_of(service)), list(volumes_of(service)), environment_of(service)) == ([], [], {})


def test_a_variable_without_a_value_is_left_out() -> None:
    assert environment_of({"environment": {"A": None, "B": "", "C": "a$$b"}}) == {"B": "", "C": "a$b"}


@given(st.text())
def test_a_text_that_compose_doubled_is_plain_again(text: str) -> None:
    assert plain(text.replace("$", "$$")) == text


def test_a_service_of_a_profile_is_added_where_it_alone_plays_a_role() -> None:
    active = Project(
        "p", {name: service for name, service in ALL.items() if name != "odoo16"}, frozenset({"external"})
    )
    everything = Project("p", {**ALL, "adminer": {"image": "adminer"}})
    found = with_players(active, everything, {}, ROLES)
    assert set(found.services) == set(ALL)
    assert found.external_volumes == {"external"}
    assert with_players(active, everything, {}, WITHOUT_ODOO) == active


def test_a_role_that_is_played_gets_no_second_player_from_a_profile() -> None:
    active = Project("p", {**{name: ALL[name] for name in ALL if name != "db"}, "pg": {"image": "postgres"}})
    assert with_players(active, Project("p", {**active.services, **ALL}), {}, ROLES) == active


def test_two_services_that_may_play_a_role_are_enough_to_be_asked_about() -> None:
    two: dict[str, Service] = {"pg1": {"image": "postgres"}, "pg2": {"image": "postgres"}}
    services = {name: service for name, service in ALL.items() if name != "db"}
    assert missing_roles(Project("p", {**services, **two}), {}) == ()
    assert missing_roles(Project("p", services), {}) == ("database",)


def test_the_image_of_a_service_is_the_one_it_names() -> None:
    assert Project("p", {"s": {"image": "openems/edge:1"}}).image("s") == "openems/edge:1"
    assert Project("p", {"s": {}}).image("s") == "p-s"


def test_a_port_without_a_protocol_is_moved_as_tcp_and_one_that_is_not_published_stays() -> None:
    project = with_ports({"target": 80, "published": "8080"}, {"target": 81}, {"target": 82, "published": "8-9"})
    assert project.shifted_ports("s", 100) == ("8180:80", "81", "82")


def test_only_folders_of_the_host_are_bind_sources_without_a_slash_at_their_ends() -> None:
    volumes: list[Volume] = [
        {"type": "bind", "source": "/X/", "target": "/a"},
        {"type": "volume", "source": "data", "target": "/b"},
        {"type": "tmpfs", "target": "/c"},
    ]
    assert Project("p", {"s": {"volumes": volumes}}).bind_sources() == {"/X"}
