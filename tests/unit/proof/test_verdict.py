from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.template import compile_template
from edge_tasks.light.devices import DEVICES
from edge_tasks.openems.configuration import Component
from edge_tasks.openems.load_curve import Profile
from edge_tasks.proof.expectation import Expectation, expect
from edge_tasks.proof.fault import Fault
from edge_tasks.proof.look import Expectations, MadeOf
from edge_tasks.proof.verdict import EdgeState, Observation, judge
from edge_tasks.registry.odoo.rows import WORDS
from edge_tasks.registry.protocol import Words

if TYPE_CHECKING:
    from edge_tasks.checkout.template_file import SourceFile

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
    words=WORDS,
)


UNASKED: dict[str, Any] = {"unasked": Fault.BACKEND_SILENT, "unasked_why": "http://x does not answer"}
HOUSE = Profile.of({"consumption": {"day": [1, 3], "scale": [0.5, 2]}})


def test_an_entry_is_called_as_its_registry_calls_it() -> None:
    of_file = replace(WELL, words=Words("entry", "entries", "/m/metadata.json", "there"))
    assert judge(replace(of_file, registered=False), EXPECTED).why == "it has no entry in /m/metadata.json"
    assert judge(replace(of_file, key_is_own=False), EXPECTED).why == "its entry has another apikey"
    unread = judge(replace(of_file, online=False, read=False), EXPECTED)
    assert unread.why == "the backend started before its entry was there"


def test_an_edge_that_nobody_runs_is_not_online_although_the_backend_has_not_noticed() -> None:
    """A connection to a machine that is cut off from the network looks as before, for a minute or more."""
    verdict = judge(replace(WELL, has_ended=True, running_why="node red is down", tries=False), EXPECTED)
    assert (verdict.fault, verdict.why) == (Fault.NOT_CONNECTED, "node red is down")
    assert verdict.may_change


@pytest.mark.parametrize(("message_age_s", "is_well"), [(12.0, False), (8.0, True), (None, True)])
def test_an_edge_that_may_have_a_dead_connection_is_online_when_it_was_heard_since_its_start(
    *, message_age_s: float | None, is_well: bool
) -> None:
    """OpenEMS tells the values of either connection; one that is dead sends no message."""
    began = replace(WELL, may_be_dead=True, settled_s=10.0, message_age_s=message_age_s)
    verdict = judge(replace(began, running_why="its task on red began a short while ago"), EXPECTED)
    assert verdict.is_well is is_well
    if not is_well:
        assert (verdict.fault, verdict.why) == (Fault.NOT_CONNECTED, "its task on red began a short while ago")


def test_an_edge_with_all_it_should_show_is_online() -> None:
    assert judge(WELL, EXPECTED).is_well


@pytest.mark.parametrize(
    ("fault", "state", "why"),
    [
        ({**UNASKED}, EdgeState.UNKNOWN, "does not answer"),
        ({"registered": False, "online": None}, EdgeState.OFFLINE, "no row"),
        ({"running": False}, EdgeState.OFFLINE, "does not run"),
        ({"active": False}, EdgeState.INCOMPLETE, "archived"),
        ({"active": None, "online": False}, EdgeState.OFFLINE, "archived"),
        ({"online": None}, EdgeState.UNKNOWN, "does not know"),
        ({"visible": False}, EdgeState.INCOMPLETE, "does not list"),
        ({"key_is_own": False}, EdgeState.INCOMPLETE, "its row has another apikey"),
        ({"online": False, "read": False}, EdgeState.OFFLINE, "started before its row"),
        ({"online": False, "takes_edges": False, "read": False}, EdgeState.OFFLINE, "port for edges is not open"),
        ({"online": False, "running_why": "the backend refused its apikey"}, EdgeState.OFFLINE, "refused"),
        ({"components": None}, EdgeState.INCOMPLETE, "no edgeConfig"),
        (
            {"components": frozenset({"meter0"}), "ignored": ("x: y",)},
            EdgeState.INCOMPLETE,
            "missing meter1 .*x: y",
        ),
        ({"message_age_s": 200.0}, EdgeState.SILENT, "silent for 200 s"),
        ({"values": {**VALUES, "meter1/ActivePower": None}}, EdgeState.INCOMPLETE, "has no value"),
        ({"values": {**VALUES, "meter1/ActivePower": 7}}, EdgeState.INCOMPLETE, "datasource says 3000"),
        ({"values": {**VALUES, "meter0/ActivePower": "x"}}, EdgeState.INCOMPLETE, "which is not a number"),
    ],
)
def test_each_fault_has_its_own_reason_and_hint(fault: dict[str, Any], state: EdgeState, why: str) -> None:
    verdict = judge(replace(WELL, **fault), EXPECTED)
    assert verdict.state is state
    assert verdict.why
    assert __import__("re").search(why, verdict.why)
    assert verdict.hint


@pytest.mark.parametrize("fault", [{"online": False}, {"components": None}, {"values": {}}])
def test_waiting_may_help_an_edge_that_runs_and_that_the_backend_knows(fault: dict[str, Any]) -> None:
    assert judge(replace(WELL, **fault), EXPECTED).may_change


@pytest.mark.parametrize("fault", [{"running": False}, {"online": None}, {"active": None}, UNASKED])
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
    assert (early.state, early.may_change) == (EdgeState.OFFLINE, True)
    assert "has not written that it is connected (it writes every 30 s)" in early.why
    assert judge(replace(late, message_age_s=None), EXPECTED).state is EdgeState.OFFLINE


def test_a_refused_login_brings_its_own_hint() -> None:
    refused = replace(WELL, unasked=Fault.BACKEND_REFUSES, unasked_why="500", unasked_hint="inv odoo-init")
    assert judge(refused, EXPECTED).hint == "inv odoo-init"


FACTS: dict[str, tuple[Any, ...]] = {
    "unasked": (Fault.BACKEND_SILENT,),
    "registered": (False,),
    "running": (False,),
    "active": (False, None),
    "visible": (False,),
    "key_is_own": (False,),
    "online": (False, None),
    "components": (None, frozenset(), frozenset({"meter0"})),
    "values": ({}, {**VALUES, "meter1/ActivePower": True}, {**VALUES, "meter0/ActivePower": "x"}),
    "message_age_s": (91.0, 1e6),
}
"""Each of these facts alone is a fault; ``read`` is one only while the edge is not online."""

SPOILED = st.fixed_dictionaries({}, optional={name: st.sampled_from(found) for name, found in FACTS.items()})


@given(SPOILED, st.booleans())
def test_an_edge_is_online_when_every_fact_is_good_and_otherwise_not_online_with_a_reason_and_a_hint(
    faults: dict[str, Any],
    read: bool,  # noqa: FBT001 - hypothesis fills it in
) -> None:
    verdict = judge(replace(WELL, read=read, unasked_why="it does not answer", **faults), EXPECTED)
    assert verdict.is_well is (faults == {})
    assert (verdict.why != "", verdict.hint != "") == (not verdict.is_well,) * 2
    assert verdict.name == "edge0"
    assert verdict.values == faults.get("values", VALUES)
    assert verdict.message_age_s == faults.get("message_age_s", 3.0)


@pytest.mark.parametrize("first", ["unasked", "registered", "running"])
@given(others=SPOILED)
def test_what_explains_the_other_faults_is_told_before_them(first: str, others: dict[str, Any]) -> None:
    behind = {name: fact for name, fact in others.items() if list(FACTS).index(name) > list(FACTS).index(first)}
    alone = judge(replace(WELL, **{first: FACTS[first][0]}), EXPECTED)
    among_others = judge(replace(WELL, **behind, **{first: FACTS[first][0]}), EXPECTED)
    assert (among_others.why, among_others.hint) == (alone.why, alone.hint)


def test_an_edge_is_silent_only_after_90_seconds_without_a_message_since_it_was_started() -> None:
    for age, settled, silent in (
        (90.0, 500.0, False),
        (90.5, 500.0, True),
        (90.5, 90.0, False),
        (91.0, 90.5, True),
    ):
        verdict = judge(replace(WELL, message_age_s=age, settled_s=settled), EXPECTED)
        assert (verdict.state is EdgeState.SILENT) is silent


def test_an_edge_that_connects_by_itself_is_reconnecting_for_as_long_as_a_real_one_may_wait() -> None:
    lost = replace(WELL, online=False, tries=True, running_why="the backend closed the connection")
    again = judge(replace(lost, backend_age_s=119.0), EXPECTED)
    assert (again.fault, again.state, again.hint) == (Fault.RECONNECTING, EdgeState.OFFLINE, "inv verify")
    assert again.why == "reconnecting: the backend was started 119 s ago"
    assert judge(replace(lost, backend_age_s=121.0), EXPECTED).why == "the backend closed the connection"
    assert judge(replace(lost, tries=False), EXPECTED).fault is Fault.NOT_CONNECTED


def test_each_hint_is_a_command_that_mends_the_fault() -> None:
    hints: dict[str, tuple[dict[str, Any], ...]] = {
        "inv register": ({"registered": False}, {"active": False}, {"key_is_own": False}),
        "inv up": ({"running": False}, {"online": False}, UNASKED),
        "inv gen-configs --force up": ({"components": frozenset()}, {"values": {}}),
        "inv restart --edge 0": ({"components": None}, {"message_age_s": 200.0}),
    }
    for hint, faults in hints.items():
        well = replace(WELL, restart="inv restart --edge 0")
        assert {judge(replace(well, **fault), EXPECTED).hint for fault in faults} == {hint}
    for moving in (replace(WELL, running=False), replace(WELL, online=False)):
        told = replace(moving, running_hint="inv verify")
        assert judge(told, EXPECTED).hint == "inv verify", "the runtime may know better"
    assert judge(replace(WELL, online=None), EXPECTED).hint == "inv register"
    assert judge(replace(WELL, online=False, read=False), EXPECTED).hint == "inv register"


def test_all_that_is_missing_and_all_that_is_wrong_is_named() -> None:
    nothing = judge(replace(WELL, components=frozenset(), ignored=("a: b", "c: d")), EXPECTED)
    assert nothing.why == "missing meter0, meter1 (not loaded: a: b; c: d)"
    assert judge(replace(WELL, components=frozenset({"meter0"})), EXPECTED).why == "missing meter1"
    wrong = judge(replace(WELL, values={"meter0/ActivePower": "x", "meter1/ActivePower": 7}), EXPECTED)
    assert (
        wrong.why
        == "meter0/ActivePower is 'x', which is not a number; meter1/ActivePower is 7, its datasource says 3000"
    )
    either = Expectation(frozenset(), {"meter1/ActivePower": (1, 2)})
    assert judge(WELL, either).why == "meter1/ActivePower is 3000, its datasource says 1 or 2"
    assert judge(replace(WELL, values={}), either).why == "meter1/ActivePower has no value"


@pytest.mark.parametrize("known", [True, False])
def test_a_fault_of_the_row_is_a_part_that_is_missing_while_the_backend_has_the_edge(known: bool) -> None:  # noqa: FBT001
    faults: list[dict[str, Any]] = [
        {"registered": False},
        {"active": False},
        {"visible": False},
        {"key_is_own": False},
    ]
    for fault in faults:
        verdict = judge(replace(WELL, online=known, **fault), EXPECTED)
        assert verdict.state is (EdgeState.INCOMPLETE if known else EdgeState.OFFLINE)


def test_why_an_edge_does_not_run_or_is_not_connected_is_said_in_the_runtimes_words() -> None:
    assert judge(replace(WELL, running=False, running_why="killed"), EXPECTED).why == "killed"
    assert judge(replace(WELL, running=False), EXPECTED).why == "its process does not run"
    assert judge(replace(WELL, online=False), EXPECTED).why == "the backend says that it is not connected"


@pytest.mark.parametrize(
    ("factory", "source", "figures"),
    [
        ("Simulator.ProductionMeter.Acting", {"values": (1, 2)}, (1, 2)),
        ("Simulator.ProductionMeter.Acting", {"values": ("1", "2")}, (1, 2)),
        ("Simulator.NRCMeter.Acting", {"values": ()}, None),
        ("Simulator.NRCMeter.Acting", {"values": "12"}, None),
        ("Simulator.NRCMeter.Acting", {"values": (1, 2), "enabled": False}, None),
        ("Simulator.GridMeter.Reacting", {"values": (1, 2)}, None),
    ],
)
def test_only_a_meter_that_shows_its_datasource_is_expected_to_show_its_values(
    factory: str, source: dict[str, Any], figures: tuple[int, ...] | None
) -> None:
    meter = Component("meter0", factory, f"{factory}.a", "", {"datasource.id": "datasource0"})
    datasource = Component("datasource0", "Simulator.Datasource.Single.Direct", "d", "", source)
    assert expect([meter, datasource]).figures == {"meter0/ActivePower": figures}
    assert expect([meter]).figures == {"meter0/ActivePower": None}


def test_of_a_meter_without_hardware_no_value_is_expected_but_the_component_is() -> None:
    real = Component("meter9", "Meter.Socomec.Threephase", "m", "", {})
    simulated = Component("meter0", "Simulator.GridMeter.Acting", "s", "", {})
    expected = expect([real, simulated])
    assert expected.figures == {"meter0/ActivePower": None}
    assert expected.unmeasured == ("meter9 (Meter.Socomec.Threephase)",)
    assert expected.components == {"meter0", "meter9"}


def test_a_light_edge_is_expected_to_show_what_it_simulates_and_a_real_edge_what_openems_simulates() -> None:
    meters = [Component("meter0", "Simulator.SomeMeter.Acting", "s", "", {"datasource.id": "datasource0"})]
    groups = [(MadeOf(meters, None), ["edge0", "edge1"])]
    expected = Expectations.of(groups, frozenset({"edge1"}), DEVICES.simulates)
    assert expected.of_edge("edge0").figures == {"meter0/ActivePower": None}
    assert expected.of_edge("edge1").figures == {}
    assert expected.unmeasured(["edge0"]) == ()
    assert expected.unmeasured(["edge0", "edge1"]) == ("meter0 (Simulator.SomeMeter.Acting)",)
