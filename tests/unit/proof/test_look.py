from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from edge_tasks.proof.expectation import Expectation
from edge_tasks.proof.fault import Fault
from edge_tasks.proof.look import Expectations, RuntimeFacts, Sources, look
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.registry.odoo.rows import WORDS


def sources(process: EdgeProcess) -> Sources:
    """A backend that says that edge0 is online, whatever its runtime knows."""
    report = SimpleNamespace(is_active=True, key_is_own=True, message_age_s=3.0, components=frozenset())
    registry: Any = SimpleNamespace(
        words=WORDS, keeps_configs=True, reports=lambda _: {"edge0": report}, visible=lambda _: None
    )
    status: Any = SimpleNamespace(
        online=lambda names: dict.fromkeys(names, True), is_late=False, sees_values=True
    )
    return Sources(status, registry, RuntimeFacts({"edge0": process}, 0.0, frozenset()))


@pytest.mark.parametrize("has_ended", [True, False])
def test_an_edge_that_the_backend_has_not_lost_yet_is_online_only_while_something_runs_it(
    *, has_ended: bool
) -> None:
    process = EdgeProcess(running=True, why="node red is down", hint="inv verify", has_ended=has_ended)
    expected = Expectations({"edge0": Expectation(frozenset(), {})})
    [verdict] = look(["edge0"], [], expected, sources(process))
    if has_ended:
        assert (verdict.fault, verdict.why) == (Fault.NOT_CONNECTED, "node red is down")
    else:
        assert verdict.is_well


@pytest.mark.parametrize("may_be_dead", [True, False])
def test_what_the_backend_has_not_heard_since_an_edge_began_may_be_of_its_dead_connection(
    *, may_be_dead: bool
) -> None:
    process = EdgeProcess(running=True, since=time.time() + 60.0, may_be_dead=may_be_dead)
    expected = Expectations({"edge0": Expectation(frozenset(), {})})
    [verdict] = look(["edge0"], [], expected, sources(process))
    assert verdict.is_well is not may_be_dead
