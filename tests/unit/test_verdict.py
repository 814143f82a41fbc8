from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from edge_tasks.checkout.template import SourceFile, compile_template
from edge_tasks.openems.load_curve import Profile
from edge_tasks.proof.verdict import Condition, Expectation, Observation, expect, judge

VALUES = {"meter0/ActivePower": 0, "meter1/ActivePower": 3000}
EXPECTED = Expectation(
    frozenset({"meter0", "meter1"}), {"meter0/ActivePower": None, "meter1/ActivePower": (3000,)}
)
WELL = Observation(
    name="edge0",
    running=True,
    online=True,
    components=frozenset({"meter0", "meter1", "_sum"}),
    values=VALUES,
    message_age_s=3.0,
    settled_s=500.0,
)


HOUSE = Profile.of({"consumption": {"day": [1, 3], "scale": [0.5, 2]}})


def test_an_edge_with_all_it_should_show_is_well() -> None:
    assert judge(WELL, EXPECTED).is_well


@pytest.mark.parametrize(
    ("fault", "condition", "why"),
    [
        ({"backend_why": "http://x does not answer"}, Condition.UNKNOWN, "does not answer"),
        ({"registered": False, "online": None}, Condition.OFFLINE, "no row"),
        ({"running": False}, Condition.OFFLINE, "does not run"),
        ({"active": False}, Condition.INCOMPLETE, "archived"),
        ({"active": None, "online": False}, Condition.OFFLINE, "archived"),
        ({"online": None}, Condition.UNKNOWN, "does not know"),
        ({"visible": False}, Condition.INCOMPLETE, "does not list"),
        ({"key_is_own": False}, Condition.INCOMPLETE, "not its own"),
        ({"online": False, "read": False}, Condition.OFFLINE, "started before its row"),
        ({"online": False, "running_why": "the backend refused its apikey"}, Condition.OFFLINE, "refused"),
        ({"components": None}, Condition.INCOMPLETE, "no edgeConfig"),
        (
            {"components": frozenset({"meter0"}), "ignored": ("x: y",)},
            Condition.INCOMPLETE,
            "missing meter1 .*x: y",
        ),
        ({"message_age_s": 200.0}, Condition.SILENT, "silent for 200 s"),
        ({"values": {**VALUES, "meter1/ActivePower": None}}, Condition.INCOMPLETE, "has no value"),
        ({"values": {**VALUES, "meter1/ActivePower": 7}}, Condition.INCOMPLETE, "datasource says 3000"),
        ({"values": {**VALUES, "meter0/ActivePower": "x"}}, Condition.INCOMPLETE, "no number"),
    ],
)
def test_each_fault_has_its_own_reason_and_hint(fault: dict[str, Any], condition: Condition, why: str) -> None:
    verdict = judge(replace(WELL, **fault), EXPECTED)
    assert verdict.condition is condition
    assert verdict.why
    assert __import__("re").search(why, verdict.why)
    assert verdict.hint


@pytest.mark.parametrize("fault", [{"online": False}, {"components": None}, {"values": {}}])
def test_waiting_may_help_an_edge_that_runs_and_that_the_backend_knows(fault: dict[str, Any]) -> None:
    assert judge(replace(WELL, **fault), EXPECTED).may_change


@pytest.mark.parametrize("fault", [{"running": False}, {"online": None}, {"active": None}, {"backend_why": "x"}])
def test_waiting_does_not_help_an_edge_that_nobody_mends(fault: dict[str, Any]) -> None:
    assert not judge(replace(WELL, **fault), EXPECTED).may_change


def test_an_old_message_of_before_the_start_is_no_silence() -> None:
    assert judge(replace(WELL, message_age_s=9_000.0, settled_s=5.0), EXPECTED).is_well


def test_the_stock_template_expects_its_datasources_figures(checkout_template: list[SourceFile]) -> None:
    expected = expect(compile_template(checkout_template, "t").components)
    assert expected.figures == {
        "meter0/ActivePower": None,
        "meter1/ActivePower": (3000,),
        "meter2/ActivePower": (2000,),
        "meter3/ActivePower": (500,),
    }
    assert {"scheduler0", "rrd4j0", "ess0", "ctrlIoFixDigitalOutput0"} <= expected.components


def test_a_light_edge_with_a_profile_is_expected_within_its_bounds(checkout_template: list[SourceFile]) -> None:
    figures = expect(compile_template(checkout_template, "t").components, HOUSE).figures
    used = figures["meter3/ActivePower"]
    assert isinstance(used, range)
    assert (used.start, used.stop - 1) == (124, 1501)
    assert figures["meter1/ActivePower"] == (3000,), "the profile does not speak of production"
    assert figures["meter0/ActivePower"] is None


@pytest.mark.parametrize(
    ("value", "well"), [(124, True), (1501, True), (500.5, True), (123, False), (1502, False)]
)
def test_a_value_outside_the_profile_s_bounds_is_named_with_them(value: float, well: bool) -> None:  # noqa: FBT001
    expected = Expectation(frozenset(), {"meter3/ActivePower": range(124, 1502)})
    verdict = judge(replace(WELL, values={"meter3/ActivePower": value}), expected)
    assert verdict.is_well is well
    assert well or verdict.why == f"meter3/ActivePower is {value}, its profile says 124 to 1501"


def test_what_a_table_says_of_an_edges_earlier_life_is_not_believed() -> None:
    late = replace(WELL, is_late=True, message_age_s=20.0)
    assert judge(replace(late, settled_s=40.0), EXPECTED).is_well
    early = judge(replace(late, settled_s=10.0), EXPECTED)
    assert (early.condition, early.may_change) == (Condition.OFFLINE, True)
    assert "has not written that it is connected (it writes every 30 s)" in early.why
    assert judge(replace(late, message_age_s=None), EXPECTED).condition is Condition.OFFLINE


def test_a_refused_login_brings_its_own_hint() -> None:
    refused = judge(replace(WELL, backend_why="answered 500", backend_hint="inv odoo-init"), EXPECTED)
    assert refused.hint == "inv odoo-init"
