"""The channels of a plant and their texts."""

from __future__ import annotations

import json

from edge_tasks.light.engine.channels import ComponentChannels, Counter, Reading, Text, channels_of
from edge_tasks.light.engine.plant import ESS, Battery, Plant
from edge_tasks.openems.sources import Datasource

SOURCE = Datasource((1,), 0)
BATTERIES = (Battery("e0", 1, 1, 1), Battery("e1", 1, 1, 1))
PLANT = Plant((("m0", SOURCE),), (("m1", SOURCE),), (), BATTERIES)


def test_a_text_has_a_value_for_each_name_whatever_it_is_called() -> None:
    assert json.loads(b"{%b}" % Text(['a"%d', "b\\"]).of(-3)) == {'a"%d': -3, "b\\": -3}


def test_counters_are_in_the_order_of_the_plant_and_levels_in_that_of_batteries() -> None:
    own = [
        ComponentChannels(counters=[Counter("m1", ["m1/P"], ["m1/N"])], levels={"e1": "e1/Soc", ESS: "all/Soc"}),
        ComponentChannels(counters=[Counter("m0", ["m0/P", "m0/Q"])], levels={"e0": "e0/Soc"}),
    ]
    found = channels_of(PLANT, own)
    assert [(place, text.names) for place, text in found.counted] == [
        (0, ("m0/P", "m0/Q")),
        (2, ("m1/P",)),
        (3, ("m1/N",)),
    ]
    assert [text.names for text in found.levels] == [("e0/Soc",), ("e1/Soc",), ("all/Soc",)]


def test_what_keeps_its_value_is_sorted_and_gives_way_to_what_moves() -> None:
    moving = ComponentChannels(
        [Reading(Text(["b"]), lambda _simulation, powers: powers[0])],
        [Counter("m0", ["c"])],
        {"e0": "d", "e1": "x", ESS: "y"},
    )
    still = ComponentChannels(still={"z": None, "b": 1, "c": 1, "d": 1, "e": 2, "a": "text"})
    found = channels_of(PLANT, [still, moving])
    assert list(found.constants.items()) == [("a", "text"), ("e", 2), ("z", None)]
    assert found.constant == b'"a":"text","e":2,"z":null'
    assert found.known == b'"a":"text","e":2'


def test_powers_move_the_counter_of_their_sign_and_patterns_are_shared() -> None:
    own = [ComponentChannels(counters=[Counter("m0", ["p"], ["n"]), Counter("m1", ["q"])])]
    found = channels_of(Plant(PLANT.producers, PLANT.consumers, (), ()), own)
    assert found.levels == ()
    assert [one.number for one in found.moving([1, 1, 5, 5, 5, 5])] == [0, 2]
    assert [one.number for one in found.moving([-1, -1, 5, 5, 5, 5])] == [1]
    assert found.moving([0, 0, 5, 5, 5, 5]) == ()
    assert found.moving([7, 7, 0, 0, 0, 0]) is found.moving([1, 1, 5, 5, 5, 5])
