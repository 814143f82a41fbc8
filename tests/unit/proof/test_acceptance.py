from __future__ import annotations

import pytest

from edge_tasks.proof.acceptance import find_refusal, percent
from edge_tasks.proof.availability import Span, Uptime

WELL = Uptime("edge0", Span(0, 100), (Span(0, 100),))
SELDOM = Uptime("edge1", Span(0, 100), (Span(2, 100),))
NEVER = Uptime("edge2", Span(0, 100), (), refused=True)
UNTRIED = Uptime("edge3", None)


def why(*found: Uptime, not_online: tuple[str, ...] = (), least: float = 0.99) -> str:
    refusal = find_refusal(found, least, not_online)
    assert refusal is None or refusal.remedy
    return refusal.why if refusal else ""


def test_a_run_is_accepted_if_every_edge_was_connected_long_enough() -> None:
    assert why(WELL) == ""
    assert why(WELL, SELDOM, least=0.98) == ""


def test_a_refused_apikey_explains_the_rest() -> None:
    assert why(WELL, SELDOM, UNTRIED, NEVER, not_online=("edge0",)) == "the backend refuses the apikey of edge2"


def test_an_edge_that_never_had_its_turn_is_not_called_seldom_connected() -> None:
    assert why(WELL, SELDOM, UNTRIED) == "the time was over before it was the turn of edge3"


def test_those_below_are_named_with_the_worst_first() -> None:
    worse = Uptime("edge9", Span(0, 100), (Span(0, 50),))
    assert why(WELL, SELDOM, worse) == "2 edges of 3 had less than 99.000 %: edge9 50.000 %, edge1 98.000 %"


def test_a_backend_that_does_not_know_of_a_connection_contradicts() -> None:
    assert why(WELL, not_online=("edge0",)) == "connected here, but not online for the backend: edge0"


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100.000 %"), (0.9999999, "99.999 %"), (0.29, "29.000 %"), (0.0, "0.000 %"), (0.999, "99.900 %")],
)
def test_a_percentage_is_never_rounded_up(share: float, text: str) -> None:
    assert percent(share) == text
