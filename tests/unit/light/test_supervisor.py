from __future__ import annotations

from edge_tasks.light.host.supervisor import wait


def test_a_part_that_died_is_started_at_once_and_less_and_less_often_when_it_dies_early() -> None:
    assert [wait(deaths) for deaths in (0, 1, 2, 3, 4, 5, 6, 7, 1000)] == [0, 0, 1, 2, 4, 8, 16, 30, 30]
