from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.wire.reconnect import ReconnectPolicy


@given(life=st.integers(0, 2**32), name=st.text(max_size=8), failures=st.integers(1, 100))
def test_a_real_edge_waits_as_long_each_time(life: int, name: str, failures: int) -> None:
    law = ReconnectPolicy("openems", life)
    wait = law.wait(name, failures, chance())
    assert 10 <= wait <= 109
    assert wait == law.wait(name, 1, chance())


def test_real_edges_wait_differently_and_differently_after_a_restart() -> None:
    names = [f"edge{index}" for index in range(1000)]
    waits = [[ReconnectPolicy("openems", life).wait(name, 1, chance()) for name in names] for life in (1, 2)]
    assert set(waits[0]) == set(range(10, 110))
    assert waits[0] != waits[1]


def test_a_quick_edge_is_back_within_a_second_and_backs_off() -> None:
    law = ReconnectPolicy("quick", 1)
    assert law.wait("edge0", 1, chance()) <= 1
    assert law.wait("edge0", 20, chance()) >= 15


def chance() -> random.Random:
    return random.Random(1)  # noqa: S311 - of waits, guards nothing
