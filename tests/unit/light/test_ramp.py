from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.host.ramp import MOST, Ramp, Window

OUTCOMES = st.lists(st.tuples(st.floats(0, 10), st.booleans()))


@given(OUTCOMES)
def test_some_upgrade_is_always_allowed_and_never_more_than_the_most(outcomes: list[tuple[float, bool]]) -> None:
    window = Window()
    for began, (seconds, connected) in enumerate(outcomes):
        window.took(began, began + seconds, connected=connected)
        assert 1 <= window.size <= MOST


def _wide() -> Window:
    window = Window()
    for began in range(MOST):
        window.took(began, began + 0.01, connected=True)
    return window


def test_a_backend_that_takes_all_gets_more_at_once_and_one_that_refuses_half() -> None:
    window = _wide()
    assert window.size == MOST
    window.took(3010, 3010.1, connected=False)
    assert window.size == MOST // 2


def test_a_backend_that_is_slow_gets_no_more_at_once_and_one_that_is_too_slow_half() -> None:
    window = Window(100)
    window.took(0, 2, connected=True)
    assert window.size == 16
    window.took(0, 0.5, connected=True)
    assert window.size == 17
    window.took(0, 5, connected=True)
    assert window.size == 8


def test_a_backend_that_drops_many_at_once_halves_the_window_once() -> None:
    window = _wide()
    for number in range(100):
        window.took(3000 + number / 1000, 3002, connected=False)
    assert window.size == MOST // 2


def test_callers_pass_in_their_order_and_no_more_at_once_than_allowed() -> None:
    async def scenario() -> tuple[list[int], int]:
        ramp = Ramp(lambda: 0.0, most=2)
        passed: list[int] = []
        under_way = most = 0

        async def caller(number: int) -> None:
            nonlocal under_way, most
            began = await ramp.turn()
            passed.append(number)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            ramp.done(began, connected=True)

        await asyncio.gather(*(caller(number) for number in range(20)))
        return passed, most

    assert asyncio.run(scenario()) == (list(range(20)), 2)


def test_a_caller_that_gives_up_leaves_its_turn_to_the_next() -> None:
    async def scenario() -> None:
        ramp = Ramp(lambda: 0.0, most=1)
        began = await ramp.turn()
        waiting = [asyncio.create_task(ramp.turn()) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        ramp.done(began, connected=True)
        assert await waiting[1] == 0.0

    asyncio.run(scenario())


def test_a_limit_holds_from_then_on() -> None:
    window = Window(100)
    window.limit(3)
    assert window.size == 3
    window.took(0, 0.5, connected=True)
    assert window.size == 3
    window.limit(5)
    window.took(0, 0.5, connected=True)
    assert window.size == 4
