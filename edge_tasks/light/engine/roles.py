"""What a component does on an edge, and the plant that these roles make together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from edge_tasks.light.engine.pid_filter import DEFAULT, Gains
from edge_tasks.light.engine.plant import Battery, Plant
from edge_tasks.light.engine.state_machine import StateMachine
from edge_tasks.openems.sources import Datasource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge_tasks.openems.load_curve_terms import Kind


@dataclass(frozen=True)
class Series:
    """The role of a datasource: it has powers for meters that name it."""

    datasource: Datasource


@dataclass(frozen=True)
class Meter:
    """The role of a meter: it has the power of a datasource.

    Attributes:
        kind: whether that power is produced or consumed.
        datasource: the id of the component that has the powers; without such a component the power is 0 W.
        written_by: the channel that takes another power; empty when there is none.
    """

    kind: Kind
    datasource: str
    written_by: str = ""


@dataclass(frozen=True)
class GridMeter:
    """The role of a grid meter: it has the power that the others leave; of several, the first has all of it."""


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
class Control:
    """The role of a controller: it controls a battery.

    Attributes:
        battery: the id.
        target: W at the grid that the battery is to reach; None when that is not its concern. Of several
            controls, the first by id counts.
    """

    battery: str
    target: int | None = None


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


Role: TypeAlias = Series | Meter | GridMeter | Storage | Control | Relays | StateMachine | Filter | Logger
Roles: TypeAlias = "Sequence[tuple[str, Role]]"
"""The components' roles by id, in the order of the ids; a component may have none."""
_NOTHING = Datasource((), 0)


def plant_of(roles: Roles) -> Plant:
    """The plant that components make by their roles; what its state machines read is not yet known."""
    outputs = tuple(_outputs(roles))
    return Plant(
        tuple(_metered(roles, "production")),
        tuple(_metered(roles, "consumption")),
        tuple(own_id for own_id, role in roles if isinstance(role, GridMeter)),
        tuple(_battery(own_id, role, roles) for own_id, role in roles if isinstance(role, Storage)),
        next((role.gains for _, role in roles if isinstance(role, Filter)), DEFAULT),
        {
            f"{own_id}/{role.written_by}": own_id
            for own_id, role in roles
            if isinstance(role, (Meter, Storage)) and role.written_by
        }
        | dict(zip(outputs, outputs, strict=True)),
        outputs,
        tuple((own_id, role) for own_id, role in roles if isinstance(role, StateMachine)),
    )


def _outputs(roles: Roles) -> Iterator[str]:
    for own_id, role in roles:
        if isinstance(role, Relays):
            yield from (f"{own_id}/{name}" for name in role.channels)


def _metered(roles: Roles, kind: Kind) -> Iterator[tuple[str, Datasource]]:
    series = {own_id: role.datasource for own_id, role in roles if isinstance(role, Series)}
    for own_id, role in roles:
        if isinstance(role, Meter) and role.kind == kind:
            yield own_id, series.get(role.datasource, _NOTHING)


def _battery(own_id: str, storage: Storage, roles: Roles) -> Battery:
    controls = [role for _, role in roles if isinstance(role, Control) and role.battery == own_id]
    return Battery(
        own_id,
        max(0, storage.capacity),
        _percent(storage.initial_soc),
        max(0, storage.max_power),
        next((one.target for one in controls if one.target is not None), None),
    )


def _percent(value: int) -> int:
    """A configured percentage, kept within 0 and 100."""
    return max(0, min(100, value))
