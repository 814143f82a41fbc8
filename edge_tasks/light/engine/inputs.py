"""What state machines read: the channels of other components, found by their addresses once for each template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.light.engine.plant import ESS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from edge_tasks.light.engine.channels import ComponentChannels, Nullable, Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.light.engine.state_machine import StateMachine
    from edge_tasks.openems.components import Value


def with_inputs(
    plant: Plant, own: Sequence[ComponentChannels], running: Collection[str], simulated: Collection[str]
) -> Plant:
    """The plant with what its state machines read, and lack.

    Args:
        plant: without it.
        own: the channels of its components.
        running: the ids of components that run.
        simulated: those of them whose relays are known.
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
        machines=tuple(
            (own_id, _with_missing(machine, _missing(plant, machine, known, running, simulated)))
            for own_id, machine in plant.machines
        ),
        inputs=tuple(tuple(known.get(name, _nothing) for name in names) for names in wanted),
        watches_socs=not socs.keys().isdisjoint(name for names in wanted for name in names),
    )


def _with_missing(machine: StateMachine, missing: Collection[str]) -> StateMachine:
    return machine.without(missing) if missing else machine


def _missing(
    plant: Plant,
    machine: StateMachine,
    known: Mapping[str, Nullable],
    running: Collection[str],
    simulated: Collection[str],
) -> set[str]:
    """The channels that a state machine names and that surely do not exist, and those that it needs and are null.

    Not all channels of a real edge are made here. So a channel of a component that runs counts as existing,
    unless it is a relay of one that is simulated.
    """
    missing = {name for name in machine.inputs if not _runs(name.partition("/")[0], running)}
    missing |= {
        name for name in machine.relays if name.partition("/")[0] in simulated and name not in plant.outputs
    }
    return missing | {name for name in machine.needed if known.get(name) is _nothing}


def _runs(own_id: str, running: Collection[str]) -> bool:
    """Whether a component runs; the names of singletons begin with ``_``, and these always run."""
    return own_id.startswith("_") or own_id in running


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
