"""What a component does on an edge, and the plant that these roles make together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.light.engine.control import Control
from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.light.engine.plant import Battery, Group, Plant
from edge_tasks.light.engine.state_machine import StateMachine
from edge_tasks.openems.components import CYCLE_MS
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve_terms import Kind

_CHANNEL: Final = "ActivePower"
"""What meters ask a datasource for."""


@dataclass(frozen=True)
class Series:
    """The role of a datasource: it has powers for meters that name it.

    Attributes:
        datasource: the powers for each of them.
        titled: those for some of them, by the address of their channel (``meter1/ActivePower``) or by its name.
    """

    datasource: Datasource
    titled: Mapping[str, Datasource] = field(default_factory=dict)

    def of(self, own_id: str) -> Datasource:
        """The powers for a meter."""
        for title in (f"{own_id}/{_CHANNEL}", _CHANNEL):
            if title in self.titled:
                return self.titled[title]
        return self.datasource


@dataclass(frozen=True)
class Meter:
    """The role of a meter: it has the power of a datasource.

    Attributes:
        kind: whether that power is produced or consumed.
        datasource: the id of the component that has the powers; without such a component the power is 0 W.
        written_by: the channel that takes another power; empty when there is none.
        limited_by: the channel that takes a limit of its power; empty when there is none.
        has_phases: whether it says what is on each phase.
    """

    kind: Kind
    datasource: str
    written_by: str = ""
    limited_by: str = ""
    has_phases: bool = True


@dataclass(frozen=True)
class GridMeter:
    """The role of a grid meter: it has the power that the others leave; of several, the first has all of it.

    One that acts has the power of a datasource instead, less that of the batteries. Then consumption is what
    makes the balance even, and no meter of consumption counts.

    Attributes:
        datasource: the id of the component that has the powers; empty if it does not act.
        shown: the channel that shows these powers.
    """

    datasource: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Storage:
    """The role of a battery: it is charged and discharged.

    Attributes:
        capacity: Wh.
        initial_soc: percent.
        max_power: W, of charging and of discharging.
        written_by: the channel that takes another power; empty when there is none.
    """

    capacity: int
    initial_soc: int
    max_power: int
    written_by: str = ""


@dataclass(frozen=True)
class Cluster:
    """The role of a cluster: it leads batteries together.

    Attributes:
        batteries: the ids.
        written_by: the channel that takes a power of all of them.
    """

    batteries: tuple[str, ...]
    written_by: str


@dataclass(frozen=True)
class Schedule:
    """The role of a scheduler: it says in which order controllers ask for something.

    Attributes:
        first: the ids of those that come first.
        runs_others: whether the others follow them by their ids, or do not run.
    """

    first: tuple[str, ...]
    runs_others: bool

    def sorted(self, controls: Iterable[tuple[str, Control]]) -> Iterator[Control]:
        """The controllers that run, in their order."""
        known = dict(controls)
        yield from (known[key] for key in self.first if key in known)
        if self.runs_others:
            yield from (known[key] for key in sorted(known.keys() - set(self.first)))


@dataclass(frozen=True)
class Relays:
    """The role of relays: each is switched on and off by what writes to its channel, and stays as it is.

    Attributes:
        channels: their names (``InputOutput0``).
    """

    channels: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """The role of a filter: it leads all batteries to their power; without gains they have it at once."""

    gains: Gains | None


@dataclass(frozen=True)
class Logger:
    """The role of a logger: it writes a line of log in each cycle.

    Attributes:
        source: the logger's name in that line.
    """

    source: str


Role: TypeAlias = (
    Series | Meter | GridMeter | Storage | Cluster | Control | Schedule | Relays | StateMachine | Filter | Logger
)
Roles: TypeAlias = "Sequence[tuple[str, Role]]"
"""The components' roles by id, in the order of the ids; a component may have none."""
_NOTHING: Final = Datasource((), 0)
_BY_ID: Final = Schedule((), runs_others=True)


def series_step(component: Component) -> int:
    """The ms between two values of a datasource: its ``timeDelta`` in seconds, or a cycle without one."""
    return max(CYCLE_MS, 1000 * component.integer("timeDelta", -1))


def plant_of(roles: Roles) -> Plant:
    """The plant that components make by their roles; what its state machines read is not yet known."""
    outputs = tuple(_outputs(roles))
    meters = [(own_id, role) for own_id, role in roles if isinstance(role, Meter)]
    limits = [(own_id, f"{own_id}/{role.limited_by}") for own_id, role in meters if role.limited_by]
    grid = [(own_id, role) for own_id, role in roles if isinstance(role, GridMeter)]
    return Plant(
        tuple(_metered(roles, "production")),
        tuple(_metered(roles, "consumption")),
        tuple(sorted((own_id for own_id, _ in grid), key=lambda own_id: not dict(grid)[own_id].datasource)),
        tuple(_battery(own_id, role, roles) for own_id, role in _storages(roles)),
        next((role.gains for _, role in roles if isinstance(role, Filter)), DEFAULT),
        {
            f"{own_id}/{role.written_by}": own_id
            for own_id, role in roles
            if isinstance(role, (Meter, Storage, Cluster)) and role.written_by
        }
        | {address: own_id for own_id, address in limits}
        | dict(zip(outputs, outputs, strict=True)),
        outputs,
        tuple((own_id, role) for own_id, role in roles if isinstance(role, StateMachine)),
        demands=tuple(
            (f"{own_id}/{role.shown}", _powers(roles, own_id, role.datasource))
            for own_id, role in grid
            if role.datasource
        ),
        limits=frozenset(address for _, address in limits),
        clusters=tuple(_clusters(roles)),
        without_phases=frozenset(own_id for own_id, role in meters if not role.has_phases),
    )


def _outputs(roles: Roles) -> Iterator[str]:
    for own_id, role in roles:
        if isinstance(role, Relays):
            yield from (f"{own_id}/{name}" for name in role.channels)
        if isinstance(role, StateMachine):
            yield from role.numbers


def _metered(roles: Roles, kind: Kind) -> Iterator[tuple[str, Datasource]]:
    for own_id, role in roles:
        if isinstance(role, Meter) and role.kind == kind:
            yield own_id, _powers(roles, own_id, role.datasource)


def _powers(roles: Roles, own_id: str, datasource: str) -> Datasource:
    """What a datasource has for a meter."""
    found = (role.of(own_id) for key, role in roles if key == datasource and isinstance(role, Series))
    return next(found, _NOTHING)


def _battery(own_id: str, storage: Storage, roles: Roles) -> Battery:
    return Battery(
        own_id,
        max(0, storage.capacity),
        _percent(storage.initial_soc),
        max(0, storage.max_power),
        _controls(own_id, roles),
    )


def _clusters(roles: Roles) -> Iterator[Group]:
    """Each with the batteries that are there and in no cluster before."""
    numbers = {own_id: number for number, (own_id, _) in enumerate(_storages(roles))}
    for own_id, role in roles:
        if isinstance(role, Cluster):
            members = [numbers.pop(key) for key in role.batteries if key in numbers]
            if members:
                yield Group(own_id, tuple(sorted(members)), _controls(own_id, roles))


def _storages(roles: Roles) -> list[tuple[str, Storage]]:
    return [(own_id, role) for own_id, role in roles if isinstance(role, Storage)]


def _controls(own_id: str, roles: Roles) -> tuple[Control, ...]:
    """The controls of a battery or a cluster, in the order in which they count."""
    schedule = next((role for _, role in roles if isinstance(role, Schedule)), _BY_ID)
    controls = ((key, role) for key, role in roles if isinstance(role, Control) and role.controlled == own_id)
    return tuple(schedule.sorted(controls))


def _percent(value: int) -> int:
    """A configured percentage, kept within 0 and 100."""
    return max(0, min(100, value))
