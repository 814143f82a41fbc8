"""What a device module declares: one component of OpenEMS as light edges simulate it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.light.engine.channels import ComponentChannels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.light.engine.roles import Role
    from edge_tasks.light.engine.simulation import Simulation
    from edge_tasks.openems.components import Factory
    from edge_tasks.openems.configuration import Component

Answers: TypeAlias = "Mapping[str, Callable[[Mapping[str, object]], object]]"
"""What answers JSON-RPC methods, by method: a function from the params to the result."""

NO_ELEMENT: Final = 'Cannot invoke "com.google.gson.JsonElement.isJsonPrimitive()" because "element" is null'
"""What a real edge says of a request in which a text is missing."""


class RefusedError(Exception):
    """A component does not do what it is asked; the message is that of OpenEMS."""


def no_role(_component: Component) -> None:
    """The role of a component that does nothing to powers: None."""


def no_channels(_own_id: str, _plant: Plant) -> ComponentChannels:
    """The channels of a component that has only those of its factory: none."""
    return ComponentChannels()


def no_log(_own_id: str, _simulation: Simulation) -> str:
    """The log text of a component that is not in the log: empty."""
    return ""


@dataclass(frozen=True)
class Device:
    """A component that light edges simulate. Its functions are called once for each template, except ``log``.

    Attributes:
        factory: what OpenEMS says of it, with the channels that do not change.
        role: what it does, by its configuration.
        channels: those that follow the simulation, by its id and the plant that all roles made.
        log: its values for a line of the edge's log; empty while it is not in there.
        answers: what it answers when somebody asks it, with ``componentJsonApi``; empty if it cannot be asked.
    """

    factory: Factory
    role: Callable[[Component], Role | None] = no_role
    channels: Callable[[str, Plant], ComponentChannels] = no_channels
    log: Callable[[str, Simulation], str] = no_log
    answers: Answers = field(default_factory=dict)
