"""The channels that repeat a configuration: ``_PropertyIsOn`` of ``isOn``, which the UI reads."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from edge_tasks.openems.components import Factory, Singleton, Value
    from edge_tasks.openems.configuration import Component

_NO_CHANNEL: Final = ("apikey", "password", "_lastChangeAt", "_lastChangeBy")
"""What is secret has no channel, and what OpenEMS notes beside the configuration has none."""


def property_channels(component: Component, factory: Factory) -> dict[str, Value]:
    """The channels of a configured component, by address; a property without a value has none."""
    defaults = {name: _parsed(value) for name, value in factory.properties.items() if value is not None}
    own = {name: value for name, value in component.properties.items() if factory.shows(name)}
    return {
        f"{component.id}/_PropertyId": component.id,
        **{
            _address(component.id, name): _scalar(value)
            for name, value in {**defaults, **own}.items()
            if name not in _NO_CHANNEL
        },
    }


def default_property_channels(singleton: Singleton) -> dict[str, Value]:
    """The channels of a singleton that nothing configures, by address."""
    return {_address(singleton.id, name): _scalar(_parsed(value)) for name, value in singleton.properties.items()}


def _address(own_id: str, name: str) -> str:
    camel = "".join(part[:1].upper() + part[1:] for part in name.replace(".", "_").split("_"))
    return f"{own_id}/_Property{camel}"


def _parsed(value: object) -> object:
    """A default that ``edgeConfig`` has as text though it is a number or a boolean."""
    if isinstance(value, str):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(value)
    return value


def _scalar(value: object) -> Value:
    """A property as a channel has it: a boolean as 0 or 1, one number as such, an array as Java prints it."""
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
