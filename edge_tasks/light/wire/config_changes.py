"""Changes of a configuration that people make through the UI, as OpenEMS' ComponentManager makes them. No I/O."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_tasks.light.wire.rpc_error import RpcError
from edge_tasks.openems.components import SINGLETONS
from edge_tasks.openems.configuration import Component, Configuration, singleton

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.openems.felix import Scalar, Value

Properties: TypeAlias = "Mapping[str, Value | None]"
UPDATE: Final = "updateComponentConfig"
CREATE: Final = "createComponentConfig"
DELETE: Final = "deleteComponentConfig"
METHODS: Final = (UPDATE, CREATE, DELETE)
_FIXED: Final = ("id", "service.pid", "service.factoryPid")


@dataclass(frozen=True)
class Change:
    """A change of the configuration.

    Attributes:
        method: one of :data:`METHODS`.
        params: of the request.
        by: who made it, as OpenEMS notes it: ``user0: Name``.
        at: when, as OpenEMS notes it: ``2026-11-23T22:08:54``.
    """

    method: str
    params: Mapping[str, object]
    by: str
    at: str

    def apply(self, configuration: Configuration) -> Configuration:
        """The configuration after it.

        Raises:
            RpcError: it cannot be made; the error is as OpenEMS words it.
        """
        if self.method == CREATE:
            return self._create(configuration)
        found = _find(configuration, _text(self.params, "componentId"))
        if self.method == DELETE:
            return _with(configuration, found.id, None)
        properties = {
            name: "(enabled=true)" if name.endswith(".target") else value
            for name, value in found.properties.items()
        }
        for name, value in _properties(self.params).items():
            if name in _FIXED:
                continue
            if value is None:
                properties.pop(name, None)
            else:
                properties[name] = value
        return _with(configuration, found.id, self._signed(found, properties))

    def _create(self, configuration: Configuration) -> Configuration:
        factory, properties = _text(self.params, "factoryPid"), _properties(self.params)
        own_id = properties.get("id")
        if not isinstance(own_id, str):
            raise RpcError("A light edge has all singleton components already")
        if any(one.id == own_id for one in configuration.components):
            raise RpcError(f"A Component with id [{own_id}] is already existing!")
        given = {name: value for name, value in properties.items() if value is not None}
        made = Component(own_id, factory, f"{factory}.{own_id}", "", given)
        return _with(configuration, own_id, self._signed(made, given))

    def _signed(self, component: Component, properties: Mapping[str, Value]) -> Component:
        alias = properties.get("alias", "")
        signed = {**properties, "_lastChangeBy": self.by, "_lastChangeAt": self.at}
        return replace(component, alias=alias if isinstance(alias, str) else "", properties=signed)


def changed(configuration: Configuration, changes: Sequence[Change]) -> Configuration:
    """The configuration after some changes; those that cannot be made any more are left out."""
    for change in changes:
        with suppress(RpcError):
            configuration = change.apply(configuration)
    return configuration


def _find(configuration: Configuration, own_id: str) -> Component:
    for component in configuration.components:
        if component.id == own_id:
            return component
    if own_id in SINGLETONS:
        return singleton(SINGLETONS[own_id].pid)
    raise RpcError(f"Unable to find OpenEMS Component with ID [{own_id}]", own_id, code=2000)


def _with(configuration: Configuration, own_id: str, component: Component | None) -> Configuration:
    others = [one for one in configuration.components if one.id != own_id]
    found = [*others, component] if component is not None else others
    return replace(configuration, components=tuple(sorted(found, key=lambda one: one.id)))


def _properties(params: Mapping[str, object]) -> Properties:
    found = params.get("properties")
    if not isinstance(found, list):
        raise RpcError("JSON [properties:null] is not JSON-Array", "properties", "null", code=5007)
    named = (one for one in found if isinstance(one, dict) and isinstance(one.get("name"), str))
    return {one["name"]: _value(one.get("value")) for one in named}


def _value(value: object) -> Value | None:
    if isinstance(value, list):
        return tuple(_scalar(item) for item in value)
    return None if value is None else _scalar(value)


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _text(params: Mapping[str, object], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str):
        raise RpcError(f"JSON [{name}:null] is not a String member", name, "null", code=5010)
    return value
