"""What state machines read: the channels of other components, found by their addresses once for each template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.light.engine.plant import ESS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from edge_tasks.light.engine.channels import ComponentChannels, Nullable, Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.light.engine.state_machine import StateMachine
    from edge_tasks.openems.components import Value


def with_inputs(plant: Plant, own: Sequence[ComponentChannels], foreign: Collection[str]) -> Plant:
    """The plant with what its state machines read, and lack.

    Args:
        plant: without it.
        own: the channels of its components.
        foreign: the ids of components that run, and of whose channels not all are known.
    """
    socs = _socs(plant, own)
    known: dict[str, Nullable] = dict.fromkeys((*plant.writable, *_counters(own)), _unseen)
    for one in own:
        known |= {name: _constant(value) for name, value in one.still.items()}
    for one in own:
        for reading in (*one.readings, *one.averages):
            known |= dict.fromkeys(reading.text.names, reading.read)
    known |= socs
    wanted = [machine.inputs for _, machine in plant.machines]
    return replace(
        plant,
        machines=tuple(_lacking(one, known, foreign) for one in plant.machines),
        inputs=tuple(tuple(known.get(name, _nothing) for name in names) for names in wanted),
        watches_socs=not socs.keys().isdisjoint(name for names in wanted for name in names),
    )


def _lacking(
    one: tuple[str, StateMachine], known: Mapping[str, Nullable], foreign: Collection[str]
) -> tuple[str, StateMachine]:
    """A state machine of an id that knows which of its channels do not exist."""
    own_id, machine = one
    lacking = {name for name in machine.inputs if name not in known}
    lacking |= {name for name in machine.needed if known.get(name) is _nothing}
    lacking = {name for name in lacking if name.partition("/")[0] not in foreign}
    return own_id, machine.without(lacking) if lacking else machine


def _counters(own: Iterable[ComponentChannels]) -> Iterator[str]:
    for one in own:
        for counter in one.counters:
            yield from (*counter.positive, *counter.negative)


def _socs(plant: Plant, own: Iterable[ComponentChannels]) -> dict[str, Nullable]:
    """The states of charge by the addresses of their channels."""
    names: Mapping[str, str] = {key: name for one in own for key, name in one.levels.items()}
    keys = (*(battery.id for battery in plant.batteries), ESS)
    return {names[key]: _soc(number) for number, key in enumerate(keys) if key in names}


def _soc(number: int) -> Nullable:
    return lambda simulation, _powers: simulation.socs()[number]


def _constant(value: Value) -> Nullable:
    if not isinstance(value, (int, float)):
        return _nothing
    found = int(value)
    return lambda _simulation, _powers: found


def _nothing(_simulation: Simulation, _powers: Powers) -> None:
    """The value of a channel that does not exist: null."""


def _unseen(_simulation: Simulation, _powers: Powers) -> None:
    """The value of a channel that exists and that no state machine of ours reads: null."""
