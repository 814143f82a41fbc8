"""Tasks that are typed together: what is run, in which order, and with which options. Nothing is run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import invoke.config
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invoke.exceptions import Exit

import tasks
from edge_tasks.cli.executor import CHANGES_WHAT_OTHERS_REST_ON, Executor

if TYPE_CHECKING:
    from invoke.tasks import Call

BEFORE: dict[str, tuple[str, ...]] = {
    "doctor": (),
    "build": ("doctor",),
    "compose": (),
    "odoo-init": ("build", "compose"),
    "gen-configs": (),
    "register": ("odoo-init",),
    "up": ("build", "compose", "odoo-init", "gen-configs", "register"),
    "verify": ("up",),
    "setup": ("verify",),
    "plan": (),
    "status": (),
    "households": (),
    "backfill": (),
    "truth": (),
    "dashboard": (),
    "report": (),
    "export-keys": (),
    "attach": (),
    "logs": (),
    "down": (),
    "restart": (),
    "reset": (),
    "cache": (),
    "rotate-keys": (),
}
"""What each task needs to be done before it."""
AFTER = {"restart": "verify", "reset": "verify", "rotate-keys": "verify"}
TYPED = st.lists(st.sampled_from(sorted(BEFORE)), min_size=1, max_size=5)


class Planned(Executor):
    """Notes the calls that it would run, and runs none."""

    calls: tuple[Call, ...] = ()

    def dedupe(self, calls: list[Call]) -> list[Call]:
        self.calls = tuple(super().dedupe(calls))
        return []

    @property
    def names(self) -> list[str]:
        return [call.task.name.replace("_", "-") for call in self.calls]

    @property
    def options(self) -> dict[str, Any]:
        found: dict[str, Any] = self.calls[0].kwargs["session"].options
        return found


def planned(*typed: str | tuple[str, dict[str, str]]) -> Planned:
    """What would be run of tasks, or of tasks with options."""
    executor = Planned(tasks.namespace, invoke.config.Config(lazy=True))
    executor.execute(*typed)
    return executor


def needed(names: list[str]) -> set[str]:
    found = {*names, *(AFTER[name] for name in names if name in AFTER)}
    below = {before for name in found for before in BEFORE[name]}
    return found if below <= found else needed(sorted(found | below))


def stretches(names: list[str]) -> list[list[str]]:
    """What is run up to each task that changes what others rest on, and after the last of them."""
    found: list[list[str]] = [[]]
    for name in names:
        found[-1].append(name)
        if name in CHANGES_WHAT_OTHERS_REST_ON:
            found.append([])
    return found


@settings(deadline=None)  # the first call imports what the others use
@given(TYPED)
def test_each_task_is_run_once_until_what_it_rests_on_changes_and_all_it_needs_is(
    typed: list[str],
) -> None:
    names = planned(*typed).names
    for stretch in stretches(names):
        assert len(stretch) == len(set(stretch))
    assert set(names) == needed(typed)


@given(TYPED)
def test_in_whatever_order_tasks_are_typed_what_one_needs_comes_before_it(typed: list[str]) -> None:
    for names in stretches(planned(*typed).names):
        for name in names:
            assert all(names.index(before) < names.index(name) for before in BEFORE[name])


@given(st.permutations(["doctor", "build", "compose", "odoo-init", "gen-configs", "register", "up"]))
def test_steps_that_are_typed_in_any_order_are_those_of_the_last_of_them(typed: list[str]) -> None:
    assert set(planned(*typed).names) == set(planned("up").names)


@given(TYPED)
def test_all_tasks_of_a_call_share_one_session_that_knows_what_was_typed(typed: list[str]) -> None:
    sessions = {call.kwargs["session"] for call in planned(*typed).calls}
    assert len(sessions) == 1
    assert {name for session in sessions for name in session.typed} == set(typed)


@given(TYPED, st.data())
def test_an_option_reaches_all_tasks_whichever_it_was_typed_behind(typed: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(typed) - 1))
    words = [(name, {"edges": "3"} if at == place else {}) for at, name in enumerate(typed)]
    assert planned(*words).options == {"edges": "3"}


@given(TYPED.filter(lambda typed: len(typed) > 1))
def test_an_option_that_is_typed_twice_holds_when_it_is_the_same_and_is_refused_when_not(
    typed: list[str],
) -> None:
    same = [(name, {"edges": "3"}) for name in typed]
    assert planned(*same).options == {"edges": "3"}
    with pytest.raises(Exit, match="--edges was given twice") as refused:
        planned(*same[:-1], (typed[-1], {"edges": "4"}))
    assert refused.value.code == 2


@pytest.mark.parametrize(
    ("task", "option", "value"),
    [("backfill", "edge", ""), ("down", "platform", " "), ("backfill", "incident", ["gap", ""])],
)
def test_an_empty_value_is_refused_and_not_taken_for_an_option_that_was_not_typed(
    task: str, option: str, value: Any
) -> None:
    with pytest.raises(Exit, match=f"--{option} is ''") as refused:
        planned((task, {option: value}))
    assert refused.value.code == 2


def test_the_table_of_this_test_has_every_task() -> None:
    assert set(BEFORE) == {name.replace("_", "-") for name in tasks.namespace.task_names}


def test_what_is_typed_behind_a_purge_starts_again() -> None:
    names = planned("down", "setup").names
    assert names[0] == "down"
    assert names[1:] == planned("setup").names
    again = planned("setup", "down", "setup").names
    assert again == [*planned("setup").names, "down", *planned("setup").names]


def test_new_keys_are_registered_and_proved_also_behind_a_setup() -> None:
    names = planned("setup", "rotate-keys").names
    behind = names[names.index("rotate-keys") + 1 :]
    assert {"gen-configs", "register", "up", "verify"} <= set(behind)
