"""All devices that can be simulated, and what they make of the components of a template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from edge_tasks.light.engine import channels, roles
from edge_tasks.light.engine.channels import ComponentChannels
from edge_tasks.light.engine.device import no_log
from edge_tasks.light.engine.inputs import with_inputs
from edge_tasks.light.engine.log_line import LogLine
from edge_tasks.light.engine.property_channels import default_property_channels, property_channels
from edge_tasks.openems import components as facts
from edge_tasks.openems.components import SINGLETONS
from edge_tasks.openems.configuration import singleton
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edge_tasks.light.engine.channels import Channels
    from edge_tasks.light.engine.device import Answers, Device
    from edge_tasks.light.engine.plant import Plant
    from edge_tasks.openems.components import Factory, Value
    from edge_tasks.openems.configuration import Component

_VERSION: Final = "_meta/Version"
_WITHOUT_EFFECT: Final = ("Controller.Api.", "Controller.Debug.", "Scheduler.", "Timedata.", "Core.")


class Configured(Protocol):
    """What must be known of a component to say whether it is simulated."""

    @property
    def enabled(self) -> bool:
        """Whether it runs."""

    @property
    def factory_pid(self) -> str:
        """The PID of its factory, e.g. ``Simulator.GridMeter.Reacting``."""


@dataclass(frozen=True)
class Catalogue:
    """The devices that can be simulated.

    Attributes:
        devices: by the PID of their factory.
    """

    devices: Mapping[str, Device]

    def factory(self, pid: str) -> Factory:
        """What is known of a factory."""
        device = self.devices.get(pid)
        return facts.factory(pid) if device is None else device.factory

    def simulates(self, pid: str) -> bool:
        """Whether the components of a factory are simulated."""
        return pid in self.devices

    def plant(self, components: Iterable[Component]) -> Plant:
        """The plant that the enabled components make."""
        components = tuple(components)
        plant = roles.plant_of(self._roles(components))
        if not plant.machines:
            return plant
        running = {one.id for one in _running(components)}
        simulated = {one.id for one, _ in self._simulated(components)}
        return with_inputs(plant, self._own(components, plant), running, simulated)

    def channels(self, components: Sequence[Component], plant: Plant, version: str = DEFAULT.since) -> Channels:
        """The channels of these components, which make that plant, in an edge of this release."""
        own = self._own(components, plant)
        properties = ComponentChannels(still=self._properties(components))
        return channels.channels_of(plant, [properties, *own, ComponentChannels(still={_VERSION: version})])

    def log_line(self, components: Sequence[Component]) -> LogLine | None:
        """What is logged in each cycle; None when no component logs."""
        known = sorted(self._simulated(components), key=lambda found: found[0].id)
        logs = tuple((one.id, device.log) for one, device in known if device.log is not no_log)
        loggers = ((own_id, role) for own_id, role in self._roles(components) if isinstance(role, roles.Logger))
        return next((LogLine(own_id, role.source, logs) for own_id, role in loggers), None)

    def answers(self, components: Iterable[Component]) -> Mapping[str, Answers]:
        """What components answer, by their ids."""
        return {one.id: device.answers for one, device in self._simulated(components) if device.answers}

    def unsimulated(self, components: Iterable[Configured]) -> tuple[str, ...]:
        """The factory PIDs of enabled components that would act on a real edge, but do nothing here."""
        pids = {one.factory_pid for one in components if one.enabled} - self.devices.keys()
        pids -= {one.pid for one in SINGLETONS.values()}
        return tuple(sorted(pid for pid in pids if not pid.startswith(_WITHOUT_EFFECT)))

    def _roles(self, components: Iterable[Component]) -> list[tuple[str, roles.Role]]:
        found = ((one.id, device.role(one)) for one, device in self._simulated(components))
        return [(own_id, role) for own_id, role in found if role is not None]

    def _simulated(self, components: Iterable[Component]) -> list[tuple[Component, Device]]:
        running = _running(components)
        return [(one, self.devices[one.factory_pid]) for one in running if one.factory_pid in self.devices]

    def _properties(self, components: Sequence[Component]) -> dict[str, Value]:
        """The channels that repeat the configuration."""
        found: dict[str, Value] = {}
        for own_id in SINGLETONS.keys() - {one.id for one in components}:
            found |= default_property_channels(SINGLETONS[own_id])
        for component in components:
            if component.enabled:
                found |= property_channels(component, self.factory(component.factory_pid))
        return found

    def _own(self, components: Iterable[Component], plant: Plant) -> list[ComponentChannels]:
        running = sorted(_running(components), key=lambda one: plant.place.get(one.id, len(plant.place)))
        return [self._channels(one, plant) for one in running]

    def _channels(self, component: Component, plant: Plant) -> ComponentChannels:
        factory = self.factory(component.factory_pid)
        still, rare = (
            {f"{component.id}/{name}": value for name, value in known.items()}
            for known in (factory.channels, factory.averages)
        )
        device = self.devices.get(component.factory_pid)
        own = ComponentChannels() if device is None else device.channels(component.id, plant)
        return replace(own, still={**still, **own.still}, still_averages={**rare, **own.still_averages})


def _running(components: Iterable[Component]) -> list[Component]:
    """The enabled components, and the singletons, which run in any case."""
    enabled = {one.id: one for one in components if one.enabled}
    others = (singleton(one.pid) for own_id, one in SINGLETONS.items() if own_id not in enabled)
    return [*enabled.values(), *others]
