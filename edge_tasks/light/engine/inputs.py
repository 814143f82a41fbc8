"""What state machines read: the channels of other components, found by their addresses once for each template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.light.engine.plant import ESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.light.engine.channels import ComponentChannels, Nullable, Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Value


def with_inputs(plant: Plant, own: Sequence[ComponentChannels]) -> Plant:
    """The plant with what its state machines read.

    Args:
        plant: without it.
        own: the channels of its components.
    """
    socs = _socs(plant, own)
    known: dict[str, Nullable] = {}
    for one in own:
        known |= {name: _constant(value) for name, value in one.still.items()}
    for one in own:
        for reading in (*one.readings, *one.averages):
            known |= dict.fromkeys(reading.text.names, reading.read)
    known |= socs
    wanted = [machine.inputs for _, machine in plant.machines]
    return replace(
        plant,
        inputs=tuple(tuple(known.get(name, _nothing) for name in names) for names in wanted),
        watches_socs=not socs.keys().isdisjoint(name for names in wanted for name in names),
    )


def _socs(plant: Plant, own: Iterable[ComponentChannels]) -> dict[str, Nullable]:
    """The states of charge by the addresses of their channels."""
    names: Mapping[str, str] = {key: name for one in own for key, name in one.levels.items()}
    keys = (*(battery.id for battery in plant.batteries), ESS)
    return {names[key]: _soc(number) for number, key in enumerate(keys) if key in names}


def _soc(number: int) -> Nullable:
    return lambda simulation, _powers: simulation.socs()[number]


def _constant(value: Value) -> Nullable:
    found = int(value) if isinstance(value, (int, float)) else None
    return lambda _simulation, _powers: found


def _nothing(_simulation: Simulation, _powers: Powers) -> None:
    """The value of a channel that does not exist: null."""
