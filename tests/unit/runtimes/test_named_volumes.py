from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from edge_tasks.checkout.project import Project
from edge_tasks.fleet.record import Record
from edge_tasks.runtimes.docker import named_volumes

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.project import Service, Volume
    from edge_tasks.runtimes.docker.stack import Stack


def stack(folder: Path, *there: str) -> Stack:
    """A platform of two services, of which we start one; Docker has these volumes."""
    mounts: list[Volume] = [
        {"type": "volume", "source": "devices", "target": "/devices"},
        {"type": "volume", "source": "conf", "target": "/conf"},
        {"type": "volume", "source": "shared", "target": "/shared"},
        {"type": "volume", "target": "/without a name"},
        {"type": "bind", "source": "/host", "target": "/host"},
    ]
    services: dict[str, Service] = {
        "cloud": {"volumes": mounts},
        "edge": {"volumes": [{**mounts[0], "source": "of-edge"}]},
    }
    found = SimpleNamespace(
        project=Project("p", services, frozenset({"shared"}), volume_names={"conf": "called otherwise"}),
        services=SimpleNamespace(platform=("cloud",)),
        docker=SimpleNamespace(has_volume=lambda name: name in there),
        context=SimpleNamespace(state=SimpleNamespace(record=Record(folder / "record.json"))),
    )
    return cast("Stack", found)


def test_a_volume_is_ours_if_it_was_not_there_when_it_was_looked_at_first(tmp_path: Path) -> None:
    named_volumes.remember(stack(tmp_path, "called otherwise"))
    after = stack(tmp_path, "called otherwise", "p_devices")
    named_volumes.remember(after)
    assert named_volumes.made(after) == {"p_devices"}


def test_nothing_is_ours_of_what_nobody_has_looked_at(tmp_path: Path) -> None:
    assert named_volumes.made(stack(tmp_path)) == frozenset()
