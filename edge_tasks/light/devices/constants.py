"""The channels of an edge that never change, and those that repeat its configuration.

``constants.json`` has, by factory PID, what a settled edge of 2024.7.0 says of components that are not simulated
or of what is not simulated in them: states, and null where nothing is measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from edge_tasks.light.wire import edge_config

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.openems.configuration import Component

Value: TypeAlias = int | float | str | None

_KNOWN: Final[dict[str, dict[str, Value]]] = orjson.loads(Path(__file__).with_name("constants.json").read_bytes())
_NO_CHANNEL: Final = ("apikey", "password", "_lastChangeAt", "_lastChangeBy")
"""What is secret has no channel, and what OpenEMS notes beside the configuration has none."""


def constants(components: Iterable[Component]) -> dict[str, Value]:
    """The constant channels of enabled components and of the singletons, in the order of their names."""
    components = tuple(components)
    active = [component for component in components if component.enabled]
    factories = {component.id: component.factory_pid for component in active}
    factories = {**edge_config.SINGLETONS, **factories}
    values = {
        f"{own_id}/{name}": value
        for own_id, pid in factories.items()
        for name, value in _KNOWN.get(pid, _unknown(pid)).items()
    }
    for own_id in edge_config.SINGLETONS.keys() - {component.id for component in components}:
        for name, value in edge_config.properties_of(own_id).items():
            values[f"{own_id}/_Property{_camel(name)}"] = _scalar(value)
    for component in active:
        values |= _properties(component)
    return {name: values[name] for name in sorted(values)}


def _unknown(pid: str) -> dict[str, Value]:
    return {"State": 0, "RunFailed": 0} if pid.startswith("Controller.") else {"State": 0}


def _properties(component: Component) -> dict[str, Value]:
    """``_PropertyIsOn`` of ``isOn``: what the UI reads of a component's configuration."""
    values: dict[str, Value] = {f"{component.id}/_PropertyId": component.id}
    for name, value in component.properties.items():
        if name not in _NO_CHANNEL and edge_config.is_told(name):
            values[f"{component.id}/_Property{_camel(name)}"] = _scalar(value)
    return values


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace(".", "_").split("_"))


def _scalar(value: object) -> Value:
    """A property as a channel has it: booleans as 0 and 1, one number bare, an array as Java prints it."""
    if isinstance(value, tuple):
        if len(value) == 1 and isinstance(value[0], int):
            return int(value[0])
        return f"[{', '.join(map(str, value))}]" if len(value) > 1 else orjson.dumps(list(value)).decode()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dict):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return value if isinstance(value, (int, float, str)) else None
