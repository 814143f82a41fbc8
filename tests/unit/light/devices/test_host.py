from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.light.wire.model import model_of
from tests.recordings import reading

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Configuration


def test_the_name_of_its_machine_is_told_with_averages_only_as_in_the_recording(stock: Configuration) -> None:
    recorded: dict[str, set[str]] = {"timestampedData": set(), "aggregatedData": set()}
    for message in reading.read_traffic():
        if message["method"] in recorded:
            recorded[message["method"]] |= {name for values in message["params"].values() for name in values}
    channels = model_of(stock).channels
    name = "_host/Hostname"
    assert (name in recorded["timestampedData"], name in recorded["aggregatedData"]) == (False, True)
    assert (name in channels.constants, name in channels.constant_averages) == (False, True)
    assert isinstance(channels.constant_averages[name], str)
