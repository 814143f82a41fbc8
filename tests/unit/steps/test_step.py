from __future__ import annotations

from dataclasses import dataclass

import pytest

from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.plan import Plan
from edge_tasks.steps import plan as steps_plan
from edge_tasks.steps.step import looked, run
from tests.unit.steps.neighbours import Lines


@dataclass
class Jar:
    """A step that fills a jar to ``wanted``, unless it leaks."""

    wanted: int
    filled: int = 0
    leaks: bool = False
    looks: int = 0

    def find(self) -> Plan[int]:
        self.looks += 1
        missing = self.wanted - self.filled
        return Plan((f"add {missing}",) if missing else (), "full", missing, remarks=("mind the lid",))

    def apply(self, plan: Plan[int]) -> str:
        self.filled += 0 if self.leaks else plan.details
        return f"{plan.details} added"


def test_a_step_looks_does_what_it_planned_and_looks_again() -> None:
    jar, output = Jar(3), Lines()
    run("fill", lambda: jar, output)
    assert (jar.filled, jar.looks) == (3, 2)
    assert output.steps == [("fill", "3 added", True)]
    assert output.lines == ["  ! mind the lid"]


def test_a_step_with_nothing_to_do_says_what_is_right_and_looks_once() -> None:
    jar, output = Jar(3, filled=3), Lines()
    run("fill", lambda: jar, output)
    assert output.steps == [("fill", "nothing to do: full", False)]
    assert jar.looks == 1


def test_success_is_not_reported_when_something_still_differs() -> None:
    output = Lines()
    with pytest.raises(CommandFailed, match="fill: still to do: add 3"):
        run("fill", lambda: Jar(3, leaks=True), output)
    assert output.steps == []


@dataclass
class Refusing:
    def find(self) -> Plan[None]:
        return Plan(("a",), "", None, refusal=SettingsError("no"), found={"findings": ["f"]})

    def apply(self, _plan: Plan[None]) -> str:
        raise AssertionError("it was refused")


def test_what_was_found_is_in_the_document_also_when_it_is_refused() -> None:
    output = Lines()
    with pytest.raises(SettingsError):
        looked(Refusing(), output)
    assert output.found == {"findings": ["f"]}
    with pytest.raises(SettingsError):
        run("refuse", Refusing, output)


def test_the_plan_of_all_steps_changes_nothing_and_tells_whether_something_would() -> None:
    jar, output = Jar(3), Lines()
    assert steps_plan.show({"fleet": ("save",)}, {"fill": lambda: jar}, output)
    assert jar.filled == 0
    assert output.found == {"changes": {"fleet": ["save"], "fill": ["add 3"]}}
    assert output.lines[1:] == ["~ fleet        save", "~ fill         add 3"]
    assert not steps_plan.show({}, {"fill": lambda: Jar(0)}, output)
    assert output.lines[-1] == "= fill         nothing to do"


def test_a_step_that_refuses_does_not_hide_what_the_others_would_change() -> None:
    output = Lines()
    with pytest.raises(SettingsError):
        steps_plan.show({}, {"refuse": Refusing, "fill": lambda: Jar(3), "again": Refusing}, output)
    assert output.lines[-3:] == [
        "! refuse       refused: no",
        "~ fill         add 3",
        "! again        refused: no",
    ]
    assert output.found["changes"] == {"fill": ["add 3"]}


def test_a_registry_that_is_not_there_yet_is_not_asked() -> None:
    step = steps_plan.Unasked(3)
    assert step.find().changes == ("register 3 edges (the device table cannot be read yet)",)
    with pytest.raises(NotImplementedError):
        step.apply(step.find())


def test_where_only_changes_are_wanted_a_step_with_nothing_to_do_has_no_line() -> None:
    output = Lines()
    run("fill", lambda: Jar(3, filled=3), output, only_changes=True)
    assert output.steps == []
    jar = Jar(3)
    run("fill", lambda: jar, output, only_changes=True)
    assert output.steps == [("fill", "3 added", True)]
