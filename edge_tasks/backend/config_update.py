"""What a backend keeps of an `edgeConfig`, and what it notes when one differs. No input, no output.

Odoo shows the notes in the device's history: a teaser, one line a component, and a table with the details.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TEASER_LENGTH: Final = 20
_AUTHOR, _TIME = "_lastChangeBy", "_lastChangeAt"
_NO_TEASER: Final = frozenset({_AUTHOR, _TIME, "org.ops4j.pax.logging.appender.name"})
_COLUMNS: Final = ("Change", "Component", "Name", "Old Value", "New Value")


@dataclass(frozen=True)
class Change:
    """Of one component.

    Attributes:
        kind: `Created`, `Updated` or `Deleted`.
        component: its id.
        factory: its factory PID.
        properties: name, old and new value as JSON; None on the side where there is none.
    """

    kind: str
    component: str
    factory: str
    properties: tuple[tuple[str, str | None, str | None], ...]


def components_of(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The components by id, each with `alias`, `factoryId` and `properties`: no channels, no factories."""
    found = config.get("components")
    components = found if isinstance(found, dict) else {}
    return {name: _component(name, components[name]) for name in sorted(components)}


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two results of :func:`components_of`.

    A property that went away is no change: optional ones come and go.
    """
    both = ((name, old.get(name), new.get(name)) for name in sorted({*old, *new}))
    return tuple(change for name, was, now in both if (change := _change(name, was, now)))


def teaser(changes: Sequence[Change]) -> str:
    """One line a component, its values shortened to 20 characters."""
    lines = []
    for change in changes:
        parts = [_part(*found) for found in change.properties if found[0] not in _NO_TEASER]
        if parts:
            factory = f" ({change.factory})" if change.factory else ""
            lines.append(f"{change.kind} {change.component}{factory}: {', '.join(parts)}\n")
    return "".join(lines)


def details(changes: Sequence[Change]) -> str:
    """An HTML table with every value in full."""
    head = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in _rows(changes)
    )
    return (
        '<table border="1" style="border-collapse: collapse">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _component(name: str, component: object) -> dict[str, Any]:
    part = component if isinstance(component, dict) else {}
    properties = part.get("properties")
    return {
        "alias": part.get("alias", name),
        "factoryId": part.get("factoryId", "NO_FACTORY_ID"),
        "properties": dict(sorted(properties.items())) if isinstance(properties, dict) else {},
    }


def _change(name: str, was: dict[str, Any] | None, now: dict[str, Any] | None) -> Change | None:
    old, new = (was or {}).get("properties", {}), (now or {}).get("properties", {})
    factory = str((now or was or {}).get("factoryId", ""))
    if was is None:
        return Change("Created", name, factory, tuple((key, None, _json(new[key])) for key in sorted(new)))
    if now is None:
        return Change("Deleted", name, factory, tuple((key, _json(old[key]), None) for key in sorted(old)))
    differing = [key for key in sorted(new) if _differs(old, new, key)]
    updated = tuple((key, _json(old.get(key)), _json(new[key])) for key in differing)
    return Change("Updated", name, factory, updated) if updated else None


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    """Whether a new property says something new; by its JSON, in which 1 and true are not equal."""
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
