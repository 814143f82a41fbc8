"""``Controller.Symmetric.Balancing``: makes a battery keep the grid's power at a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.control import Control
from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class Balancing(Control):
    """It asks for what is left beside its target, in W."""

    filtered: ClassVar[bool] = True
    ess: str
    target: int

    @property
    def controlled(self) -> str:
        """Its battery."""
        return self.ess

    def wanted(self, rest: int) -> int:
        """The rest but for the target."""
        return rest - self.target


def _role(component: Component) -> Balancing:
    return Balancing(component.text("ess.id", "ess0"), component.integer("targetGridSetpoint", 0))


DEVICE: Final = Device(factory("Controller.Symmetric.Balancing"), _role)
