from __future__ import annotations

from typing import Any

from edge_tasks.backend.config_update import (
    Change,
    StoredComponent,
    changes_between,
    components_of,
    details,
    teaser,
)


def of(**components: dict[str, Any]) -> dict[str, StoredComponent]:
    made = {name: {"factoryId": "Meter", "properties": found} for name, found in components.items()}
    return components_of({"components": made})


def test_components_are_kept_without_their_channels_and_ordered() -> None:
    config = {
        "components": {
            "b": {"alias": "B", "factoryId": "F", "properties": {"z": 1, "a": 2}, "channels": {}},
            "a": {},
        },
        "factories": {"F": {}},
    }
    kept = components_of(config)
    assert kept == {
        "a": {"alias": "a", "factoryId": "NO_FACTORY_ID", "properties": {}},
        "b": {"alias": "B", "factoryId": "F", "properties": {"a": 2, "z": 1}},
    }
    assert list(kept) == ["a", "b"]
    assert components_of({"components": 3}) == {}


def test_the_same_again_is_not_a_change() -> None:
    assert changes_between(of(meter0={"a": 1}), of(meter0={"a": 1})) == ()


def test_components_come_change_and_go() -> None:
    old, new = (
        of(gone={"a": 1}, same={}, meter0={"a": 1, "b": True}),
        of(made={"a": "x"}, same={}, meter0={"b": 1}),
    )
    assert changes_between(old, new) == (
        Change("Deleted", "gone", "Meter", (("a", "1", None),)),
        Change("Created", "made", "Meter", (("a", None, '"x"'),)),
        Change("Updated", "meter0", "Meter", (("b", "true", "1"),)),
    )


def test_a_property_that_went_away_is_not_a_change_and_a_new_one_without_a_value_neither() -> None:
    assert changes_between(of(meter0={"a": 1}), of(meter0={"b": None})) == ()
    assert changes_between(of(meter0={}), of(meter0={"b": 2}))[0].properties == (("b", "null", "2"),)


def test_a_teaser_is_a_short_line_for_each_component() -> None:
    old = of(gone={"a": 1}, meter0={"a": "x" * 30})
    new = of(made={"_lastChangeBy": "me"}, meter0={"a": "y", "_lastChangeAt": "now"})
    assert teaser(changes_between(old, new)) == (
        'Deleted gone (Meter): a [was:1]\nUpdated meter0 (Meter): a="y" [was:"xxxxxxxxxxxxxxxx...]\n'
    )


def test_details_hold_every_value_and_no_foreign_html() -> None:
    table = details(changes_between({}, of(meter0={"a": "<b>"}, bare={})))
    assert "<td>Created</td><td>meter0 (Meter)</td><td>a</td><td></td><td>&quot;&lt;b&gt;&quot;</td>" in table
    assert "<td>Created</td><td>bare (Meter)</td>" in table
