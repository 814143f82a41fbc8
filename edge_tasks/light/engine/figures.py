"""The figures that the channels of several devices show: powers in W, and what of them is on each phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.channels import Counter, Reading, Text
from edge_tasks.openems.components import LEVELS, RUN_FAILED
from edge_tasks.openems.energies import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edge_tasks.light.engine.channels import Figure, Nullable, Powers
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Measure

PHASES: Final = 3
_FAULT: Final = LEVELS.index("Fault")
HALF_WINDOW: Final = 150_000
"""In ms. How long ago the middle of the five minutes of an average is."""


def reading(names: str | Sequence[str], figure: Nullable) -> Reading:
    """Channels that show a figure."""
    return Reading(Text([names] if isinstance(names, str) else names), figure)


def power_and_phases(name: str, place: int) -> Iterable[Reading]:
    """The channels of a power and of its three phases."""
    yield reading(name, power(place))
    yield reading(phases(name), power_of_phase([place]))


def counter(own_id: str, measure: Measure) -> Counter:
    """The two counters of a device."""
    names = COUNTERS[measure]
    return Counter(own_id, [f"{own_id}/{names.positive}"], [f"{own_id}/{names.negative}"])


def cumulated_seconds(address: str, *, null: bool = False) -> Counter:
    """A channel of cumulated seconds that a state machine sets.

    Args:
        address: of the channel.
        null: whether it is null until it has counted something.
    """
    return Counter(address, [address], null=null)


def state(name: str, number: int, of: Callable[[int], int] = int) -> Reading:
    """A channel that shows the state of a state machine, or what follows from it.

    In the averages of five minutes it shows the state in their middle. If the state changed once in them, that is
    the one that lasted longest, which OpenEMS shows.

    Args:
        name: of the channel.
        number: of the state machine in the plant.
        of: what the channel shows of a state.
    """

    def usual(simulation: Simulation, _powers: Powers) -> int:
        now, since, before = simulation.states.registers(number)[:3]
        return of(now if since <= simulation.now - HALF_WINDOW else before)

    return Reading(Text([name]), lambda simulation, _powers: of(simulation.states.registers(number)[0]), usual)


def failures(own_id: str, plant: Plant) -> list[Reading]:
    """The channels of a controller that can fail: that it did, and its state; none of one that cannot."""
    found = plant.machines[plant.machine(own_id)][1].faults
    failed = [plant.place[address] for address in found]
    return [
        *(reading(address, power(plant.place[address])) for address in found),
        *(reading(f"{own_id}/State", level([], failed)) for _ in failed),
    ]


def log_of_failure(own_id: str, simulation: Simulation) -> str:
    """What a controller that failed says in the log of its edge."""
    plant = simulation.plant
    faults = plant.machines[plant.machine(own_id)][1].faults
    return f"State:FAULT: {RUN_FAILED}" if any(simulation.power(address) for address in faults) else ""


def level(infos: Sequence[int], faults: Sequence[int]) -> Figure:
    """A state by its flags at these places: 3 (Fault), 1 (Info) or 0 (Ok)."""
    info = any_of(infos)
    if not faults:
        return info
    fault = any_of(faults)
    return lambda simulation, powers: max(_FAULT * fault(simulation, powers), info(simulation, powers))


def any_of(places: Sequence[int]) -> Figure:
    """1 if one of these flags is set."""

    def found(_simulation: Simulation, powers: Powers) -> int:
        result = 0
        for place in places:
            result += powers[place] - result * powers[place]
        return result

    return found


def phases(name: str) -> list[str]:
    """The names of a channel's three phases."""
    return [f"{name}L1", f"{name}L2", f"{name}L3"]


def flag(place: int) -> Figure:
    """Whether there is a power at a place: 1 or 0."""
    return lambda _simulation, powers: int(powers[place] > 0)


def power(place: int) -> Figure:
    """The power at a place of the plant."""
    return lambda _simulation, powers: powers[place]


def less(place: int, others: Sequence[int]) -> Figure:
    """The power at a place without those at some other places."""
    return lambda _simulation, powers: powers[place] - sum(powers[other] for other in others)


def power_of_phase(places: Sequence[int]) -> Figure:
    """The power of devices on one phase; as in OpenEMS, each one's third is rounded before they are added."""
    return lambda _simulation, powers: sum(part(powers[place], PHASES) for place in places)


def battery_power_of_phase(places: Sequence[int]) -> Figure:
    """The same for symmetric batteries, whose thirds OpenEMS rounds half up."""
    return lambda _simulation, powers: sum((2 * powers[place] + 3) // 6 for place in places)


def lowest(key: str) -> Figure:
    """The lowest power of a sum so far."""
    return lambda simulation, _powers: simulation.lowest(key)


def highest(key: str) -> Figure:
    """The highest power of a sum so far."""
    return lambda simulation, _powers: simulation.highest(key)


def part(value: int, count: int) -> int:
    """Java's integer division, which rounds towards zero; of arrays as well."""
    return (value + (value < 0) * (count - 1)) // count
