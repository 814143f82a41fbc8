from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.light.nodes.files import STATUS
from edge_tasks.light.nodes.keeper_client import KeeperError, LeaseLostError
from edge_tasks.light.nodes.leases import GIVES_UP_S, HANGS_S, LASTS_S, Leases
from edge_tasks.light.nodes.task import PAUSE_S, STUCK_S, Task

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TASKS = ("a", "b", "c", "d")
PARTS = 2
MOMENTS = st.lists(
    st.tuples(st.sampled_from(TASKS), st.integers(0, 8), st.sampled_from(["asks", "ends"])), max_size=60
)
"""Who does what, so many seconds after the one before."""


@given(MOMENTS)
def test_no_two_tasks_ever_run_one_part_however_late_they_ask(moments: list[tuple[str, int, str]]) -> None:
    leases, now = Leases(0.0), 0.0
    runs: dict[str, tuple[int, float]] = {}  # a task's part, and when it last renewed its lease
    for task, seconds, what in moments:
        now += seconds
        runs = {other: run for other, run in runs.items() if now - run[1] <= GIVES_UP_S}
        held = runs.pop(task, None)
        if what == "ends" and held is not None:
            leases.release(held[0], task)
        elif held is not None:
            assert leases.renew(held[0], task, "node", now), "nobody else may have had it"
            runs[task] = held[0], now
        elif what == "asks" and (part := leases.take(0, PARTS, task, "node", now)) is not None:
            runs[task] = part, now
        parts = [part for part, _ in runs.values()]
        assert len(parts) == len(set(parts))


def test_a_task_gets_the_part_that_it_wishes_and_else_the_first_that_is_free() -> None:
    leases = Leases(0.0)
    assert leases.take(1, 3, "a", "node", 0.0) == 1
    assert leases.take(1, 3, "b", "node", 0.0) == 0
    assert leases.take(9, 3, "c", "node", 0.0) == 2
    assert leases.take(0, 3, "d", "node", 0.0) is None
    assert dict(leases.nodes(1.0)) == {0: "node", 1: "node", 2: "node"}


def test_a_part_that_was_released_is_free_at_once_and_one_that_was_not_when_its_lease_is_over() -> None:
    leases = Leases(0.0)
    leases.take(0, 2, "a", "node", 0.0)
    leases.take(1, 2, "b", "node", 0.0)
    leases.release(0, "a")
    leases.release(1, "somebody else")
    assert leases.take(0, 2, "c", "node", 1.0) == 0
    assert leases.take(1, 2, "d", "node", LASTS_S - 1) is None
    assert leases.expired(LASTS_S) == [1]
    assert leases.take(1, 2, "d", "node", LASTS_S) == 1


def test_a_task_that_slept_while_another_one_had_its_part_does_not_go_on_with_old_counters() -> None:
    leases = Leases(0.0)
    leases.take(0, 1, "sleeper", "node", 0.0)
    assert leases.take(0, 1, "other", "node", LASTS_S) == 0
    assert not leases.renew(0, "sleeper", "node", 3 * LASTS_S)
    assert leases.take(0, 1, "sleeper", "node", 3 * LASTS_S) == 0


def test_a_keeper_that_starts_again_gives_parts_to_those_who_had_them() -> None:
    leases = Leases(100.0, doubtful=frozenset({0, 1}))
    assert leases.take(0, 2, "new", "node", 101.0) is None
    assert leases.renew(0, "old", "node", 102.0)
    assert leases.has(0, "old", 103.0)
    assert leases.expired(100.0 + LASTS_S) == [1]
    assert leases.take(0, 2, "new", "node", 100.0 + LASTS_S) == 1


def test_edges_that_hang_are_killed_before_another_task_may_start_them() -> None:
    assert GIVES_UP_S + HANGS_S + 2 * PAUSE_S < LASTS_S


def test_a_lease_counts_from_when_it_was_asked_for_since_the_answer_may_be_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]

    def renew(_: int) -> str:
        clock[0] += 4
        return ""

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    client: Any = SimpleNamespace(renew=renew)
    task = Task(client, 0, tmp_path)
    task._go_on(0)
    assert task._renewed == 100


def test_edges_that_hang_are_watched_until_they_have_ended(tmp_path: Path) -> None:
    client: Any = SimpleNamespace()
    task, watched = Task(client, 0, tmp_path), []
    hanging: Any = SimpleNamespace(communicate=lambda **_: watched.append(task._process))
    task._process = hanging
    task._end("the keeper does not answer")
    assert watched == [hanging]
    assert task._process is None


def test_a_task_that_waits_says_why_and_says_it_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    errors = [LeaseLostError("taken"), LeaseLostError("taken"), KeeperError("it is away")]

    def take(_: int) -> None:
        raise errors.pop(0)

    client: Any = SimpleNamespace(take=take)
    task = Task(client, 0, tmp_path)
    for _ in range(3):
        task._turn()
    assert caplog.messages == ["waits: all parts are taken", "waits: it is away"]


def test_a_part_that_says_nothing_any_more_is_killed_so_that_the_swarm_starts_the_task_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, killed = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    client: Any = SimpleNamespace(renew=lambda _: "", put=lambda *_: None)
    task = Task(client, 0, tmp_path)
    task._process = cast("Any", SimpleNamespace(kill=lambda: killed.append(clock[0])))
    task._heard = clock[0]
    (tmp_path / STATUS.format(0)).write_text("{}")
    for clock[0] in (150.0, 150.0 + STUCK_S, 151.0 + STUCK_S):
        task._go_on(0)
    assert killed == [151.0 + STUCK_S]
