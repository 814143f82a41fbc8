from __future__ import annotations

from tests.e2e_swarm.task_logs import overlapping, shifts

LOGS = """\
2026-11-26T12:00:01.000000000Z edge-tasks-1-light.1.aaa@red    | 12:00:01 INFO runs part 0
2026-11-26T12:00:01.500000000Z edge-tasks-1-light.2.bbb@blue   | 12:00:01 INFO runs part 1
2026-11-26T12:00:09.000000000Z edge-tasks-1-light.1.aaa@red    | 12:00:09 INFO ends its edges: the task ends
2026-11-26T12:00:12.000000000Z edge-tasks-1-light.1.ccc@blue   | 12:00:12 INFO runs part 0
2026-11-26T12:00:10.000000000Z edge-tasks-1-light.1.aaa@red    | 12:00:10 INFO its edges have ended
"""


def test_a_part_that_another_task_has_ended_before_is_run_once() -> None:
    found = shifts(LOGS)
    assert [(one.part, one.node, one.end[11:19]) for one in found] == [
        ("0", "red", "12:00:10"),
        ("1", "blue", ""),
        ("0", "blue", ""),
    ]
    assert overlapping(found) == []


def test_a_part_that_two_tasks_run_at_once_is_found() -> None:
    late = shifts(LOGS.replace("T12:00:10", "T12:00:13"))
    assert [(first.node, second.node) for first, second in overlapping(late)] == [("red", "blue")]
    without_end = shifts("".join(LOGS.splitlines(keepends=True)[:-1]))
    assert [(first.node, second.node) for first, second in overlapping(without_end)] == [("red", "blue")]
