from __future__ import annotations

import pytest

from edge_tasks.runtimes.swarm.placement import fits

FACTS = {
    "node.id": "abc",
    "node.hostname": "Green",
    "node.role": "worker",
    "node.ip": "10.0.3.4",
    "node.platform.arch": "x86_64",
    "node.labels.Zone": "north",
    "engine.labels.disk": "ssd",
}


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("node.role==worker", True),
        ("node.role == Worker", True),
        ("NODE.ROLE==worker", True),
        ("node.role!=worker", False),
        ("node.role==manager", False),
        ("node.id!=abd", True),
        ("node.hostname==green", True),
        ("node.labels.Zone==north", True),
        ("node.labels.zone==north", False),
        ("Node.Labels.Zone==NORTH", True),
        ("node.labels.other!=x", True),
        ("node.labels.other==x", False),
        ("engine.labels.disk==ssd", True),
        ("node.ip==10.0.3.4", True),
        ("node.ip==10.0.3.9/24", True),
        ("node.ip!=10.0.4.0/24", True),
        ("node.ip==nonsense", False),
        ("node.ip!=nonsense", False),
        ("node.colour==red", False),
        ("node.colour!=red", False),
        ("nonsense", False),
    ],
)
def test_a_node_fits_a_constraint_as_the_swarm_sees_it(constraint: str, expected: bool) -> None:  # noqa: FBT001 - of a case
    assert fits([constraint], FACTS) is expected


def test_a_node_fits_only_if_it_has_all_that_is_wanted() -> None:
    assert fits([], FACTS)
    assert fits(["node.role==worker", "node.labels.Zone!=south"], FACTS)
    assert not fits(["node.role==worker", "node.labels.Zone==south"], FACTS)
