"""The channels that repeat a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.light.engine.property_channels import default_property_channels, property_channels
from edge_tasks.openems.components import SINGLETONS, Factory, Singleton
from edge_tasks.openems.configuration import Component

if TYPE_CHECKING:
    from edge_tasks.openems.felix import Value

A = Factory("A", "A")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, 1),
        (False, 0),
        ("text", "text"),
        (7, 7),
        (0.5, 0.5),
        ((500,), 500),
        ((500, 600), "[500, 600]"),
        (("one",), '["one"]'),
        ((), "[]"),
    ],
)
def test_a_property_is_a_channel_with_its_value(value: Value, shown: object) -> None:
    found = property_channels(Component("a0", "A", "A.a0", "", {"some.property_name": value}), A)
    assert found == {"a0/_PropertyId": "a0", "a0/_PropertySomePropertyName": shown}


@pytest.mark.parametrize(
    "name", ["apikey", "password", "_lastChangeAt", "_lastChangeBy", "service.pid", "id", "ess.target", ":x"]
)
def test_secrets_and_what_is_felixs_own_have_no_channel(name: str) -> None:
    assert property_channels(Component("a0", "A", "A.a0", "", {name: "x"}), A) == {"a0/_PropertyId": "a0"}


def test_a_default_that_is_told_as_text_is_a_number_in_its_channel() -> None:
    properties = {"n": "1000", "b": "true", "t": "EUR", "e": "", "l": "[]", "o": {"a": 1}, "a": [""], "u": None}
    assert default_property_channels(Singleton("_a", "A", properties)) == {
        "_a/_PropertyN": 1000,
        "_a/_PropertyB": 1,
        "_a/_PropertyT": "EUR",
        "_a/_PropertyE": "",
        "_a/_PropertyL": "[]",
        "_a/_PropertyO": '{\n  "a": 1\n}',
        "_a/_PropertyA": '[""]',
        "_a/_PropertyU": None,
    }
    assert default_property_channels(SINGLETONS["_cycle"]) == {"_cycle/_PropertyCycleTime": 1000}


def test_a_default_that_nobody_configured_has_a_channel_and_gives_way_to_what_is_configured() -> None:
    factory = Factory("A", "A", properties={"port": "8084", "debugMode": "false", "ess.id": None})
    found = property_channels(Component("a0", "A", "A.a0", "", {"port": 7}), factory)
    assert found == {"a0/_PropertyId": "a0", "a0/_PropertyPort": 7, "a0/_PropertyDebugMode": 0}


def test_what_a_factory_does_not_declare_has_no_channel() -> None:
    factory = Factory("A", "A", properties={"port": "8084"}, knows_others=False)
    found = property_channels(Component("a0", "A", "A.a0", "", {"port": 7, "noOfCycles": 10}), factory)
    assert found == {"a0/_PropertyId": "a0", "a0/_PropertyPort": 7}
