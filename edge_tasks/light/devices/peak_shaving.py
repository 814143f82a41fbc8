"""``Controller.Symmetric.PeakShaving``: cuts peaks of the grid's power with a battery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from edge_tasks.light.engine.control import Control
from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class PeakShaving(Control):
    """It asks for what the grid has above the peak or below the power of recharging, in W, and else for 0."""

    filtered: ClassVar[bool] = True
    ess: str
    peak: int
    recharge: int

    @property
    def controlled(self) -> str:
        """Its battery."""
        return self.ess

    def wanted(self, rest: int) -> int:
        """What is beyond these bounds."""
        if rest >= self.peak:
            return rest - self.peak
        return min(0, rest - self.recharge)


def _role(component: Component) -> PeakShaving:
    return PeakShaving(
        component.text("ess.id"), component.integer("peakShavingPower", 0), component.integer("rechargePower", 0)
    )


DEVICE: Final = Device(factory("Controller.Symmetric.PeakShaving"), _role)
