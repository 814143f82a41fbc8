from __future__ import annotations

import re
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.fleet.identity import (
    PORTS_TAKEN_BY_PLATFORM,
    Fleet,
    Ports,
    index_of_directory,
    index_of_service,
    is_unfinished_directory,
    ports_of,
)
from edge_tasks.fleet.limits import MOST_EDGES

SECRET = bytes(range(32))


def fleet(size: int = 3, *, key_generation: int = 0) -> Fleet:
    return Fleet("id", SECRET, size, key_generation=key_generation)


def test_the_same_fleet_gives_the_same_identity() -> None:
    assert fleet().edges == fleet().edges


def test_a_larger_fleet_leaves_the_others_alone() -> None:
    assert fleet(50).edges[:3] == fleet(3).edges


def test_another_secret_gives_other_identities() -> None:
    other = Fleet("id", bytes(32), 1).edge(0)
    assert other.apikey != fleet().edge(0).apikey
    assert other.new_pid("A.b") != fleet().edge(0).new_pid("A.b")


def test_new_keys_leave_the_pids_alone() -> None:
    before, after = fleet().edge(1), fleet(key_generation=1).edge(1)
    assert before.apikey != after.apikey
    assert before.new_pid("A.b") == after.new_pid("A.b")


@given(st.integers(0, MOST_EDGES - 1))
def test_an_apikey_is_as_odoo_makes_them(index: int) -> None:
    edge = fleet().edge(index)
    assert re.fullmatch(r"[A-Za-z0-9]{20}", edge.apikey)
    assert re.fullmatch(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", edge.setup_password)


def test_ten_thousand_edges_are_all_different() -> None:
    edges = fleet(10_000).edges
    assert len({edge.apikey for edge in edges}) == 10_000
    assert len({edge.new_pid("A.b") for edge in edges}) == 10_000


def test_a_new_pid_keeps_its_factory_and_ends_in_a_uuid() -> None:
    factory, _, last = fleet().edge(0).new_pid("Controller.Api.Backend.28628d01").rpartition(".")
    assert factory == "Controller.Api.Backend"
    assert uuid.UUID(last).version == 4


def test_a_secret_is_in_no_repr() -> None:
    edge = fleet().edge(0)
    assert edge.apikey not in repr(edge)
    assert SECRET.hex() not in repr(fleet())


@given(st.integers(0, 574))
def test_ports_follow_the_request_and_meet_none_of_the_platform(index: int) -> None:
    ports = ports_of(index)
    assert ports is not None
    assert (ports.console, ports.websocket) == (8080 + 100 * index, 8085 + 100 * index)
    assert not {ports.console, ports.websocket} & PORTS_TAKEN_BY_PLATFORM


def test_there_are_ports_up_to_edge_574() -> None:
    assert ports_of(574) is not None
    assert ports_of(575) is None


def test_no_two_edges_share_a_port() -> None:
    found = [port for index in range(575) if (p := ports_of(index)) for port in (p.console, p.websocket)]
    assert len(found) == len(set(found))


def test_the_reserve_follows_the_fleet() -> None:
    assert [edge.name for edge in Fleet("id", SECRET, 3, reserve=2).reserved] == ["edge3", "edge4"]


def test_light_edges_follow_in_the_same_numbering_with_the_same_identity() -> None:
    plain, mixed = Fleet("id", bytes(32), 5), Fleet("id", bytes(32), 5, light=3)
    assert [edge.name for edge in mixed.edges_with_directory] == ["edge0", "edge1"]
    assert [edge.name for edge in mixed.light_edges] == ["edge2", "edge3", "edge4"]
    assert [edge.apikey for edge in mixed.edges] == [edge.apikey for edge in plain.edges]
    assert [edge.ports is None for edge in mixed.edges] == [False, False, True, True, True]


@given(st.integers(0, MOST_EDGES - 1))
def test_an_edge_is_known_by_the_names_of_its_service_and_its_directory(index: int) -> None:
    edge = fleet().edge(index)
    assert index_of_service(edge.service) == index
    assert index_of_directory(edge.directory) == index
    assert is_unfinished_directory(f".{edge.directory}.new")
    assert is_unfinished_directory(f".{edge.directory}.old")


@pytest.mark.parametrize("name", ["openems-edge", "openems-edge-", "openems-edge-x", "my-openems-edge-3"])
def test_no_other_service_is_taken_for_an_edge(name: str) -> None:
    assert index_of_service(name) is None


@pytest.mark.parametrize("name", ["config.d", "config-edge", "config-edge3.bak", ".config-edge3.new"])
def test_no_other_directory_is_taken_for_an_edges(name: str) -> None:
    assert index_of_directory(name) is None


@pytest.mark.parametrize("name", ["config-edge3", "config-edge3.new", ".config-edge3", ".config-edge.old"])
def test_only_what_an_interrupted_run_left_is_unfinished(name: str) -> None:
    assert not is_unfinished_directory(name)


@given(st.integers(1, 60), st.integers(0, 40), st.integers(0, 40))
def test_a_fleet_that_grows_leaves_its_other_edges_alone(size: int, growth: int, light: int) -> None:
    before, after = fleet(size), Fleet("id", SECRET, size + growth + light, light=light)
    assert after.edges[:size] == before.edges
    assert [e.apikey for e in after.edges[:size]] == [e.apikey for e in before.edges]
    assert [e.new_pid("A.b") for e in after.edges[:size]] == [e.new_pid("A.b") for e in before.edges]


def test_the_identity_of_a_saved_fleet_stays_what_earlier_versions_made_of_its_secret() -> None:
    edge = fleet().edge(0)
    assert [edge.apikey, edge.setup_password, edge.new_pid("A.b"), fleet().password("odoo")] == [
        "sZSzAkEWJ4Rtm9jKCXqF",
        "TLFF-H7AJ-1VO4-G4E7",
        "A.1dc90ee2-d31e-4bad-9261-45a246611935",
        "kUc87waKtlUDsa0nZZNNrNh9DllONvRh",
    ]


def test_each_edge_and_each_purpose_has_a_password_of_its_own() -> None:
    assert len({edge.setup_password for edge in fleet(100).edges}) == 100
    assert fleet().password("odoo") != fleet().password("backend")


def test_every_letter_of_the_alphabet_is_about_as_frequent_in_apikeys() -> None:
    counts = Counter("".join(edge.apikey for edge in fleet(2000).edges))
    assert len(counts) == 62
    mean = 2000 * 20 / 62
    assert all(abs(count - mean) < 0.2 * mean for count in counts.values())


@given(st.integers(0, 574), st.integers(0, 20_000))
def test_an_offset_moves_both_ports_of_every_edge(index: int, offset: int) -> None:
    plain, moved = ports_of(index), ports_of(index, offset)
    assert plain is not None
    if plain.websocket + offset > 65535:
        assert moved is None
    else:
        assert moved == Ports(plain.console + offset, plain.websocket + offset)


def test_the_last_port_of_all_is_still_given() -> None:
    assert ports_of(574, 50) == Ports(65530, 65535)
    assert ports_of(574, 51) is None


def test_an_edge_of_the_reserve_has_ports_behind_those_of_the_fleet() -> None:
    moved = Fleet("id", SECRET, 3, port_offset=1000)
    assert moved.edge(3).ports == Ports(9380, 9385)
    assert Fleet("id", SECRET, 3, light=1).edge(3).ports == Ports(8380, 8385)
