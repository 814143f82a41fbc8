from __future__ import annotations

from collections import Counter

from edge_tasks.proof.edge_configs import EdgeConfigs

METERS = frozenset({"meter0"})


def test_an_edge_that_has_told_nothing_is_absent_and_asked_again() -> None:
    configs = EdgeConfigs()
    assert configs.of(["edge0"], lambda _name: None) == {}
    assert configs.of(["edge0"], lambda _name: METERS) == {"edge0": METERS}


def test_a_small_fleet_is_asked_at_each_look() -> None:
    configs = EdgeConfigs()
    configs.of(["edge0", "edge1"], lambda _name: METERS)
    later = configs.of(["edge0", "edge1"], lambda name: frozenset({name}))
    assert later == {"edge0": frozenset({"edge0"}), "edge1": frozenset({"edge1"})}


def test_of_a_large_fleet_every_edge_is_asked_again_in_turn() -> None:
    configs, asked = EdgeConfigs(), Counter[str]()
    names = [f"edge{index}" for index in range(250)]

    def ask(name: str) -> frozenset[str]:
        asked[name] += 1
        return METERS

    for _look in range(6):
        assert configs.of(names, ask) == dict.fromkeys(names, METERS)
    assert set(asked.values()) == {3}


def test_only_those_that_are_named_are_asked() -> None:
    configs = EdgeConfigs()
    configs.of(["edge0", "edge1"], lambda _name: METERS)
    assert configs.of(["edge1"], lambda name: frozenset({name})) == {"edge1": frozenset({"edge1"})}
    assert configs.of(["edge0"], lambda _name: None) == {}
