from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.embedded.edges import LightEdges


def test_the_next_host_loads_its_program_while_the_present_one_ends() -> None:
    did: list[str] = []
    host: Any = SimpleNamespace(clear=lambda: did.append("the present one ends"))
    LightEdges(Fleet("id", b"secret", 3), host, lambda: did.append("the next one starts")).clear()
    assert did == ["the next one starts", "the present one ends"]
