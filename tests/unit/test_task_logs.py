from __future__ import annotations

from tests.e2e_swarm.task_logs import overlapping, shifts

LOGS = """\
edge-tasks-1-light.1.aaa@red    | 2026-11-26 12:00:01,017 INFO runs part 0
edge-tasks-1-light.2.bbb@blue   | 2026-11-26 12:00:01,518 INFO runs part 1
edge-tasks-1-light.1.aaa@red    | 2026-11-26 12:00:02,044 INFO edge0: connected
edge-tasks-1-light.1.aaa@red    | 2026-11-26 12:00:09,250 INFO ends its edges: the task ends
edge-tasks-1-light.3.ccc@blue   | 2026-11-26 12:00:12,300 INFO runs part 0
edge-tasks-1-light.1.aaa@red    | 2026-11-26 12:00:10,260 INFO its edges have ended
"""


def test_a_part_that_another_task_has_ended_before_is_run_once() -> None:
    found = shifts(LOGS)
    assert [(one.part, one.node, one.end[11:]) for one in found] == [
        ("0", "red", "12:00:10,260"),
        ("1", "blue", ""),
        ("0", "blue", ""),
    ]
    assert overlapping(found) == []


def test_a_part_that_two_tasks_run_at_once_is_found() -> None:
    late = shifts(LOGS.replace("12:00:10", "12:00:13"))
    assert [(first.node, second.node) for first, second in overlapping(late)] == [("red", "blue")]
    without_end = shifts("".join(LOGS.splitlines(keepends=True)[:-1]))
    assert [(first.node, second.node) for first, second in overlapping(without_end)] == [("red", "blue")]
