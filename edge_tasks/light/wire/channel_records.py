"""The channels of a component, as the UI asks for them. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from edge_tasks.light.wire.rpc_error import RpcError
from edge_tasks.openems.components import LEVELS, RUN_FAILED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge_tasks.light.wire.model import Model

_LONG: Final = ("Energy", "Time", "Resend")
_UNITS: Final = (
    ("ReactivePower", "var"),
    ("ApparentPower", "VA"),
    ("Cumulated", "sec_Σ"),
    ("Energy", "Wh_Σ"),
    ("Power", "W"),
    ("Current", "mA"),
    ("Voltage", "mV"),
    ("Frequency", "mHz"),
    ("Soc", "%"),
    ("Capacity", "Wh"),
)
_FAILED: Final = "RunFailed"


class _Channel(TypedDict):
    id: str
    accessMode: str
    persistencePriority: str
    text: str
    type: str
    unit: str
    category: str


class Record(_Channel, total=False):
    """A channel as JSON has it; only those that tell of a fault have a level, and only choices have options."""

    level: str
    options: dict[str, int]


def records(model: Model, own_id: str) -> list[Record]:
    """Each channel of a component: its id, access, type, unit and category.

    Raises:
        RpcError: there is no such component.
    """
    if own_id not in model.config["components"]:
        raise RpcError(f"Unable to find OpenEMS Component with ID [{own_id}]", own_id, code=2000)
    names = sorted({name for name in _names(model) if name.startswith(f"{own_id}/")})
    return [_record(model, name) for name in names]


def states(model: Model, own_id: str) -> list[Record]:
    """The channels that tell of a fault.

    Raises:
        RpcError: there is no such component.
    """
    return [record for record in records(model, own_id) if record["category"] == "STATE"]


def digital_inputs(model: Model, own_ids: Iterable[str]) -> list[dict[str, object]]:
    """The relays of some components, as the UI's widget of digital inputs asks for them."""
    numbers = model.plant.numbers
    return [
        {
            "componentId": own_id,
            "channels": [
                {**_record(model, address), "persistencePriority": "LOW", "type": "BOOLEAN"}
                for address in model.plant.outputs
                if address.startswith(f"{own_id}/") and address not in numbers
            ],
        }
        for own_id in own_ids
        if own_id in model.config["components"]
    ]


def _names(model: Model) -> Iterator[str]:
    channels = model.channels
    yield from channels.constants
    yield from channels.constant_averages
    readings = (*channels.readings, *channels.averages)
    counters = (text for _, text in channels.counted)
    for text in (*counters, *channels.levels, *(reading.text for reading in readings)):
        yield from text.names
    yield from model.plant.writable


def _record(model: Model, address: str) -> Record:
    _, _, name = address.partition("/")
    if name == "State":
        return _state()
    is_failure, is_property = name == _FAILED, name.startswith("_Property")
    record: Record = {
        "id": name,
        "accessMode": _access(model, address),
        "persistencePriority": "HIGH",
        "text": RUN_FAILED if is_failure else "",
        "type": "BOOLEAN" if is_failure or (is_property and _is_flag(model, address)) else _type(model, address),
        "unit": "" if is_failure or is_property else next((unit for part, unit in _UNITS if part in name), ""),
        "category": "STATE" if is_failure else "OPENEMS_TYPE",
    }
    if is_failure:
        record["level"] = "FAULT"
    return record


def _state() -> Record:
    """The channel that every component has."""
    return {
        "id": "State",
        "accessMode": "RO",
        "persistencePriority": "VERY_HIGH",
        "text": ", ".join(f"{number}:{level}" for number, level in enumerate(LEVELS)),
        "type": "INTEGER",
        "unit": "",
        "category": "ENUM",
        "options": {level: number for number, level in enumerate(LEVELS)},
    }


def _access(model: Model, address: str) -> str:
    if address not in model.plant.writable:
        return "RO"
    return "WO" if "/Set" in address else "RW"


def _is_flag(model: Model, address: str) -> bool:
    """Whether a channel repeats a property that is true or false; its value is 1 or 0."""
    own_id, _, name = address.partition("/_Property")
    properties = model.config["components"][own_id]["properties"]
    return isinstance(properties.get(name[:1].lower() + name[1:]), bool)


def _type(model: Model, address: str) -> str:
    name = address.partition("/")[2]
    if isinstance(model.channels.constants.get(address), str):
        return "STRING"
    return "LONG" if any(part in name for part in _LONG) else "INTEGER"
