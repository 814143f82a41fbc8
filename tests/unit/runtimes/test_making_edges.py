from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.docker import starting

if TYPE_CHECKING:
    from collections.abc import Sequence

EDGES = Fleet("0193", bytes(32), size=3).edges
FIRST, SECOND, THIRD = (edge.service for edge in EDGES)


@pytest.mark.parametrize(
    ("there", "count", "created"),
    [
        ((), 3, [[FIRST, SECOND, THIRD]]),
        ((SECOND,), 3, [[FIRST, THIRD]]),
        ((FIRST, SECOND, THIRD), 3, []),
        ((), 2, []),
    ],
)
def test_missing_containers_of_several_batches_are_created_at_once_before_the_first_is_started(
    monkeypatch: pytest.MonkeyPatch, there: Sequence[str], count: int, created: list[list[str]]
) -> None:
    did: list[list[str]] = []

    def create(services: Sequence[str], *, parallel: int) -> None:
        assert parallel == 2
        did.append(list(services))

    def bring(_stack: object, edges: Sequence[object], _way: object) -> int:
        did.append([f"{len(edges)} are brought"])
        return 0

    monkeypatch.setattr(starting, "BATCH", 2)
    monkeypatch.setattr(starting, "bring", bring)
    containers = tuple(SimpleNamespace(service=service) for service in there)
    stack: Any = SimpleNamespace(containers=lambda: containers, compose=SimpleNamespace(create=create))
    starting.make(stack, EDGES[:count])
    assert did == [*created, [f"{count} are brought"]]
