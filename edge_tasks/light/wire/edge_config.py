"""The params of an ``edgeConfig`` notification: components with their properties, factories with their natures.

``factories.json`` holds what no directory says: names, descriptions and natures of the factories (of an edge of
2024.7.0), and the ten singletons that every edge runs. The natures decide which widgets the UI shows. As in the
recording, factories carry no ``properties``.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.openems.configuration import Component

Json: TypeAlias = dict[str, Any]

_KNOWN: Final[Json] = orjson.loads(Path(__file__).with_name("factories.json").read_bytes())
SINGLETONS: Final[dict[str, str]] = {
    own_id: known["factoryId"] for own_id, known in sorted(_KNOWN["singletons"].items())
}
"""The factory PIDs of the components that every edge runs, by id."""

_MASK: Final = "xxx"
_SECRETS: Final = ("apikey", "password")
_COMPONENT: Final = "io.openems.edge.common.component.OpenemsComponent"
_CONTROLLER: Final = "io.openems.edge.controller.api.Controller"


def edge_config(components: Iterable[Component]) -> Json:
    """``{"components": {id: ...}, "factories": {pid: ...}}``, both sorted; secrets are masked."""
    entries: Json = {
        key: {"alias": known["factoryId"], **known} for key, known in _KNOWN["singletons"].items()
    } | {component.id: _entry(component) for component in components}
    used = {entry["factoryId"] for entry in entries.values()}
    return {
        "components": {key: entries[key] for key in sorted(entries)},
        "factories": {pid: _factory(pid) for pid in sorted(used)},
    }


def _entry(component: Component) -> Json:
    singleton = _KNOWN["singletons"].get(component.id, {})
    own = {name: _value(name, value) for name, value in component.properties.items() if is_told(name)}
    properties = {**singleton.get("properties", {}), **own}
    return {
        "alias": component.alias or singleton.get("factoryId") or component.id,
        "factoryId": component.factory_pid,
        "properties": {name: properties[name] for name in sorted(properties)},
    }


def properties_of(own_id: str) -> Json:
    """The properties of a component that every edge runs, where nothing configures it; numbers are numbers."""
    texts: Json = _KNOWN["singletons"][own_id]["properties"]
    return {name: _bare(value) for name, value in texts.items()}


def _bare(value: object) -> object:
    """What OpenEMS tells as text in a configuration though it is none."""
    if isinstance(value, str) and value not in ("", "[]"):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(value)
    return value


def is_told(name: str) -> bool:
    """Whether a property is told to others, or is Felix's own."""
    return name != "id" and not name.startswith(("service.", ":")) and not name.endswith(".target")


def _value(name: str, value: object) -> object:
    if any(secret in name.lower() for secret in _SECRETS):
        return _MASK
    return list(value) if isinstance(value, tuple) else value


def _factory(pid: str) -> Json:
    natures = [_COMPONENT, *([_CONTROLLER] if pid.startswith("Controller.") else [])]
    unknown = {"name": pid, "description": "", "natureIds": natures}
    known: Json = _KNOWN["factories"].get(pid, unknown)
    return known
