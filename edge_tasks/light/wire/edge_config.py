"""The params of an ``edgeConfig`` notification: components with their properties, factories with their natures.

As in the recording of a real edge, factories carry no ``properties``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from edge_tasks.light.devices import DEVICES
from edge_tasks.openems.components import SINGLETONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.light.engine.catalogue import Catalogue
    from edge_tasks.openems.components import Factory, Singleton
    from edge_tasks.openems.configuration import Component

_MASK: Final = "xxx"
_SECRETS: Final = ("apikey", "password")


class ComponentConfig(TypedDict):
    """A component in an ``edgeConfig``."""

    alias: str
    factoryId: str
    properties: dict[str, object]


class FactoryConfig(TypedDict):
    """A factory in an ``edgeConfig``."""

    name: str
    description: str
    natureIds: list[str]


class EdgeConfig(TypedDict):
    """The params: components by id, factories by PID, both sorted."""

    components: dict[str, ComponentConfig]
    factories: dict[str, FactoryConfig]


def edge_config(components: Iterable[Component], devices: Catalogue = DEVICES) -> EdgeConfig:
    """What an edge of these components says of itself; secrets are masked."""
    entries = {own_id: _singleton(one) for own_id, one in SINGLETONS.items()}
    entries |= {one.id: _component(one, devices.factory(one.factory_pid)) for one in components}
    used = {entry["factoryId"] for entry in entries.values()}
    return {
        "components": {key: entries[key] for key in sorted(entries)},
        "factories": {pid: _factory(devices.factory(pid)) for pid in sorted(used)},
    }


def _singleton(singleton: Singleton) -> ComponentConfig:
    return {"alias": singleton.pid, "factoryId": singleton.pid, "properties": dict(singleton.properties)}


def _component(component: Component, factory: Factory) -> ComponentConfig:
    singleton = SINGLETONS.get(component.id)
    own = {name: _value(name, value) for name, value in component.properties.items() if factory.shows(name)}
    properties = {**factory.properties, **own}
    return {
        "alias": component.alias or (component.id if singleton is None else singleton.pid),
        "factoryId": component.factory_pid,
        "properties": {name: properties[name] for name in sorted(properties)},
    }


def _value(name: str, value: object) -> object:
    if any(secret in name.lower() for secret in _SECRETS):
        return _MASK
    return list(value) if isinstance(value, tuple) else value


def _factory(factory: Factory) -> FactoryConfig:
    return {"name": factory.name, "description": factory.description, "natureIds": list(factory.natures)}
