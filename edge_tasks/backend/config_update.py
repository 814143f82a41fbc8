"""What a backend stores of an `edgeConfig`, and what it notes when a new one differs. No I/O.

Odoo shows the notes in the device's history: a teaser, which is a line for each component, and a table with the
details.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypedDict

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TEASER_LENGTH: Final = 20
_AUTHOR, _TIME = "_lastChangeBy", "_lastChangeAt"
_NO_TEASER: Final = frozenset({_AUTHOR, _TIME, "org.ops4j.pax.logging.appender.name"})
_COLUMNS: Final = ("Change", "Component", "Name", "Old Value", "New Value")


class StoredComponent(TypedDict):
    """What is stored of a component: no channels."""

    alias: object
    factoryId: object  # as Odoo reads it
    properties: dict[str, object]


@dataclass(frozen=True)
class Change:
    """What changed in one component.

    Attributes:
        kind: `Created`, `Updated` or `Deleted`.
        component: its id.
        factory: its factory PID.
        properties: name, old and new value as JSON; None where the property did not exist.
    """

    kind: str
    component: str
    factory: str
    properties: tuple[tuple[str, str | None, str | None], ...]


def components_of(config: Mapping[str, object]) -> dict[str, StoredComponent]:
    """What is stored of the components of an `edgeConfig`, by their ids."""
    found = config.get("components")
    components = found if isinstance(found, dict) else {}
    return {name: _component(name, components[name]) for name in sorted(components)}


def changes_between(old: Mapping[str, StoredComponent], new: Mapping[str, StoredComponent]) -> tuple[Change, ...]:
    """What differs between two results of :func:`components_of`.

    A property that is missing in the new one is not a change: optional ones come and go.
    """
    both = ((name, old.get(name), new.get(name)) for name in sorted({*old, *new}))
    return tuple(change for name, was, now in both if (change := _change(name, was, now)))


def teaser(changes: Sequence[Change]) -> str:
    """A line for each component, with its values shortened to 20 characters."""
    lines = []
    for change in changes:
        parts = [_part(*found) for found in change.properties if found[0] not in _NO_TEASER]
        if parts:
            factory = f" ({change.factory})" if change.factory else ""
            lines.append(f"{change.kind} {change.component}{factory}: {', '.join(parts)}\n")
    return "".join(lines)


def details(changes: Sequence[Change]) -> str:
    """An HTML table with all values in full."""
    head = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in _rows(changes)
    )
    return (
        '<table border="1" style="border-collapse: collapse">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _component(name: str, component: object) -> StoredComponent:
    part = component if isinstance(component, dict) else {}
    properties = part.get("properties")
    return {
        "alias": part.get("alias", name),
        "factoryId": part.get("factoryId", "NO_FACTORY_ID"),
        "properties": dict(sorted(properties.items())) if isinstance(properties, dict) else {},
    }


def _change(name: str, was: StoredComponent | None, now: StoredComponent | None) -> Change | None:
    old, new = was["properties"] if was else {}, now["properties"] if now else {}
    known = now or was
    factory = str(known["factoryId"]) if known else ""
    if was is None:
        return Change("Created", name, factory, tuple((key, None, _json(new[key])) for key in sorted(new)))
    if now is None:
        return Change("Deleted", name, factory, tuple((key, _json(old[key]), None) for key in sorted(old)))
    differing = [key for key in sorted(new) if _differs(old, new, key)]
    updated = tuple((key, _json(old.get(key)), _json(new[key])) for key in differing)
    return Change("Updated", name, factory, updated) if updated else None


def _differs(old: Mapping[str, object], new: Mapping[str, object], key: str) -> bool:
    """Whether a property has another value; compared as JSON, where 1 and true are not equal."""
    return _json(old[key]) != _json(new[key]) if key in old else new[key] is not None


def _part(name: str, old: str | None, new: str | None) -> str:
    value = "" if new is None else f"={_short(new)}"
    return f"{name}{value}" if old is None else f"{name}{value} [was:{_short(old)}]"


def _short(text: str) -> str:
    kept = _TEASER_LENGTH - len("...")
    return f"{text[:kept]}..." if len(text) > kept else text


def _rows(changes: Sequence[Change]) -> Iterator[tuple[str, ...]]:
    for change in changes:
        for name, old, new in change.properties or (("", None, None),):
            yield change.kind, f"{change.component} ({change.factory})", name, old or "", new or ""


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
