from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import psycopg

from edge_tasks.backend.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

LOG = logging.getLogger("test.outbox")


class Table:
    """Takes over what is written, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.writes: list[dict[int, str]] = []
        self._failures = failures

    async def write(self, values: Mapping[int, str]) -> None:
        await asyncio.sleep(0)
        if self._failures:
            self._failures -= 1
            raise psycopg.OperationalError("gone\nmore")
        self.writes.append(dict(values))


def written(values: list[tuple[int, str]], table: Table | None = None) -> list[dict[int, str]]:
    table = table or Table()

    async def run() -> None:
        outbox = Outbox(table.write, "The values", LOG)
        for number, value in values:
            outbox.put(number, value)
        await outbox.drain()
        assert len(outbox) == 0

    asyncio.run(run())
    return table.writes


def test_values_of_several_devices_are_written_at_once() -> None:
    assert written([(1, "a"), (2, "b")]) == [{1: "a", 2: "b"}]


def test_the_values_of_one_device_are_written_one_after_the_other() -> None:
    assert written([(1, "a"), (1, "b"), (2, "c")]) == [{1: "a", 2: "c"}, {1: "b"}]


def test_a_value_that_already_waits_is_not_written_twice() -> None:
    assert written([(1, "a"), (1, "a"), (1, "b"), (1, "a")]) == [{1: "a"}, {1: "b"}, {1: "a"}]


def test_of_too_many_values_of_one_device_the_oldest_are_dropped() -> None:
    found = written([(1, str(number)) for number in range(20)])
    assert found == [{1: str(number)} for number in range(4, 20)]


def test_one_transaction_has_at_most_a_hundred_devices() -> None:
    assert [len(part) for part in written([(number, "a") for number in range(250)])] == [100, 100, 50]


def test_what_cannot_be_written_is_logged_in_one_line_and_the_rest_is_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert written([(number, "a") for number in range(150)], Table(failures=1)) == [
        dict.fromkeys(range(100, 150), "a")
    ]
    assert [record.getMessage() for record in caplog.records] == [
        "The values of 100 edges cannot be written: gone"
    ]


def test_an_empty_outbox_has_nothing_to_wait_for() -> None:
    assert written([]) == []
