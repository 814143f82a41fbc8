"""``Controller.Symmetric.LimitActivePower``: limits what a battery is charged and discharged with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.light.engine.control import Control, within
from edge_tasks.light.engine.device import Device
from edge_tasks.openems.components import factory

if TYPE_CHECKING:
    from edge_tasks.openems.configuration import Component


@dataclass(frozen=True)
class LimitActivePower(Control):
    """Both limits are in W and positive."""

    ess: str
    charge: int
    discharge: int

    @property
    def controlled(self) -> str:
        """Its battery."""
        return self.ess

    def narrowed(self, low: int, high: int) -> tuple[int, int]:
        """What is within its limits. As in OpenEMS, a limit out of the range is taken for the range's end."""
        return within(-self.charge, low, high), within(self.discharge, low, high)


def _role(component: Component) -> LimitActivePower:
    return LimitActivePower(
        component.text("ess.id"),
        component.integer("maxChargePower", 0),
        component.integer("maxDischargePower", 0),
    )


DEVICE: Final = Device(factory("Controller.Symmetric.LimitActivePower"), _role)
