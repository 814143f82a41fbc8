from __future__ import annotations

import re
import uuid

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.fleet.identity import PORTS_TAKEN_BY_PLATFORM, Fleet, ports_of
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
