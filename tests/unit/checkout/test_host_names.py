from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.host_names import aliases, host_of, is_java_host
from edge_tasks.checkout.project import Project

SERVICES = st.from_regex(r"[a-zA-Z0-9._-]+", fullmatch=True)


@given(SERVICES, st.frozensets(SERVICES, max_size=4))
def test_every_service_gets_a_name_that_java_accepts_and_no_other_has(name: str, others: frozenset[str]) -> None:
    found = host_of(name, {name, *others})
    assert is_java_host(found)
    assert found == name or found not in others


@pytest.mark.parametrize(
    ("name", "is_host"),
    [
        ("openems-backend", True),
        ("a.b-2", True),
        ("B", True),
        ("openems_backend", False),
        ("-a", False),
        ("a-", False),
        ("backend.2", False),
        ("", False),
    ],
)
def test_what_java_takes_for_a_host(name: str, *, is_host: bool) -> None:
    assert is_java_host(name) is is_host


def test_a_second_name_is_added_in_each_network_and_only_where_it_is_needed() -> None:
    project = Project(
        "p",
        {
            "open_ems": {"networks": {"a": None, "b": None}},
            "alone_": {},
            "host_": {"network_mode": "host"},
            "backend": {"networks": {"a": None}},
        },
    )
    assert aliases("open_ems", project) == {"a": {"aliases": ["open-ems"]}, "b": {"aliases": ["open-ems"]}}
    assert aliases("alone_", project) == {"default": {"aliases": ["alone"]}}
    assert aliases("host_", project) == aliases("backend", project) == {}
