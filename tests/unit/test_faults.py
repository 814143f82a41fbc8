"""The catalogue of faults has a row for each fault that the code can name, and each row has its tests."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout import fault as of_checkouts
from edge_tasks.proof import fault as of_edges
from tests.catalogue import rows
from tests.inv import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = [fault.value for kind in (of_edges.Fault, of_checkouts.PlatformFault) for fault in kind]
FOLDERS = {"embedded": "e2e", "docker": "e2e_docker", "swarm": "e2e_swarm"}
TABLES = ("CASES", "FINDINGS")
SAME = "SAME"
"""The name of those that are cases of the docker runtime."""


def assigned(runtime: str) -> Iterator[tuple[str, ast.expr]]:
    """The constants with a type in the tests of a runtime."""
    for path in (ROOT / "tests" / FOLDERS[runtime]).glob("test_*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                yield node.target.id, node.value


def cases_of(runtime: str) -> Iterator[tuple[str, str]]:
    """Name and fault of each case, as they are written in the tests of a runtime."""
    for name, table in assigned(runtime):
        if name == SAME:
            there = dict(cases_of("docker"))
            yield from ((case, there[case]) for case in ast.literal_eval(table))
        elif name in TABLES and isinstance(table, ast.Dict):
            for key, value in zip(table.keys, table.values, strict=True):
                assert isinstance(value, ast.Call)
                yield ast.literal_eval(key or value), ast.literal_eval(value.args[0])


def members_named(enum: str) -> set[str]:
    """The members of an enumeration that the code names anywhere but in the enumeration itself."""
    trees = [ast.parse(path.read_text()) for path in (ROOT / "edge_tasks").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if isinstance(node.value, ast.Name) and node.value.id == enum}


def test_every_fault_that_the_code_names_has_one_row_and_no_row_is_of_anything_else() -> None:
    assert sorted(fault for fault, _ in rows()) == sorted(FAULTS)


def test_no_fault_is_only_a_name() -> None:
    names = {fault.name for kind in (of_edges.Fault, of_checkouts.PlatformFault) for fault in kind}
    assert names <= members_named("Fault") | members_named("PlatformFault")


@pytest.mark.parametrize("runtime", FOLDERS)
def test_every_case_of_a_row_exists_and_makes_this_fault_and_every_case_has_a_row(runtime: str) -> None:
    on_the_page = {(name, fault) for fault, cases in rows() for name in cases[runtime]}
    assert on_the_page == set(cases_of(runtime))


def test_every_fault_occurs_in_a_runtime() -> None:
    assert [fault for fault, cases in rows() if not any(cases.values())] == []
