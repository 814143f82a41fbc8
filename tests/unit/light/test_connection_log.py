from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.host.connection_log import MOST, ConnectionLog
from tests.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.INFO)
    return lambda: [record.getMessage() for record in caplog.records]


def test_few_edges_have_a_line_each(logged: Callable[[], list[str]]) -> None:
    log = ConnectionLog(Clock())
    log.note("edge0", "connected", "")
    log.note("edge1", "waiting", "nobody listens there")
    assert logged() == ["edge0: connected", "edge1: waiting: nobody listens there"]


def test_of_ten_thousand_at_once_a_few_have_a_line_and_the_rest_is_counted(
    logged: Callable[[], list[str]],
) -> None:
    clock = Clock()
    log = ConnectionLog(clock)
    for number in range(10_000):
        log.note(f"edge{number}", "waiting" if number % 100 == 99 else "connected", "")
    assert len(logged()) == MOST
    clock.now += 1
    log.sum_up()
    log.sum_up()
    assert logged()[MOST:] == ["and more edges within a second: 9880 connected, 100 waiting"]


def test_every_second_has_lines_again(logged: Callable[[], list[str]]) -> None:
    clock = Clock()
    log = ConnectionLog(clock)
    for _ in range(3):
        for number in range(MOST):
            log.note(f"edge{number}", "connected", "")
        clock.now += 1
    assert len(logged()) == 3 * MOST
