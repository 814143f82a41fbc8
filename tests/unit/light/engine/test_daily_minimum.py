from __future__ import annotations

import pytest

from edge_tasks.light.engine.daily_minimum import DailyMinimum
from edge_tasks.openems.milliseconds import DAY_MS, HOUR_MS, MINUTE_MS

UNTIL_FIVE = DailyMinimum(amount=2 * HOUR_MS, speed=2, end=17 * HOUR_MS)
"""Two hours of one phase, which two phases do in one."""
MORNING = 20_000 * DAY_MS + 8 * HOUR_MS
"""Epoch ms of eight o'clock on some day."""


def test_it_begins_so_early_that_it_is_done_at_its_hour() -> None:
    assert UNTIL_FIVE.start(done=0) == 16 * HOUR_MS
    assert UNTIL_FIVE.start(done=HOUR_MS) == 16 * HOUR_MS + 30 * MINUTE_MS


@pytest.mark.parametrize("done", [2 * HOUR_MS, 3 * HOUR_MS])
def test_it_need_not_begin_when_enough_is_done(done: int) -> None:
    assert UNTIL_FIVE.start(done) is None


def test_it_begins_on_no_day_where_nothing_has_to_be_done() -> None:
    assert DailyMinimum(amount=0, speed=0, end=17 * HOUR_MS).start(done=0) is None


def test_it_begins_the_evening_before_if_its_hour_is_too_early_for_all_of_it() -> None:
    assert DailyMinimum(amount=3 * HOUR_MS, speed=1, end=HOUR_MS).start(done=0) == 22 * HOUR_MS


def test_it_is_looked_at_again_right_after_its_start_while_nothing_is_done() -> None:
    assert UNTIL_FIVE.next_look(0, MORNING, 16 * HOUR_MS, speed=0) == MORNING + 8 * HOUR_MS + 1


def test_it_is_looked_at_again_right_after_its_hour_when_it_has_started() -> None:
    at_half_past_four = MORNING + 8 * HOUR_MS + 30 * MINUTE_MS
    assert UNTIL_FIVE.next_look(0, at_half_past_four, 16 * HOUR_MS, speed=0) == MORNING + 9 * HOUR_MS + 1


def test_it_is_looked_at_again_each_minute_while_something_is_done() -> None:
    assert UNTIL_FIVE.next_look(HOUR_MS, MORNING, 16 * HOUR_MS, speed=1) == MORNING + MINUTE_MS


def test_it_is_looked_at_again_when_enough_will_be_done() -> None:
    done = 2 * HOUR_MS - MINUTE_MS
    assert UNTIL_FIVE.next_look(done, MORNING, 16 * HOUR_MS, speed=3) == MORNING + MINUTE_MS // 3
