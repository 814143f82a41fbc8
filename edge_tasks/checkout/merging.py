"""Two services as Compose merges them: of two files, or of one that ``extends`` another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.project import Service

_REPLACED: Final = ("command", "entrypoint")
"""Lists of which the later one counts alone."""


def merged(first: Service, later: Service) -> Service:
    """What the later one says of a service on top of the first.

    Single values replace, mappings and lists are joined, volumes are joined by the place where they are mounted.
    """
    found: dict[str, object] = dict(first)
    for key, value in later.items():
        if key == "volumes":
            found[key] = _by_target(found.get(key), value)
        else:
            found[key] = value if key in _REPLACED else _joined(found.get(key), value)
    return cast("Service", found)


def merged_services(first: Mapping[str, Service], later: Mapping[str, Service]) -> dict[str, Service]:
    """All services of two files, the later one on top."""
    both = {name: merged(first[name], later[name]) for name in first.keys() & later.keys()}
    return {**first, **later, **both}


def _joined(first: object, later: object) -> object:
    if isinstance(first, dict) and isinstance(later, list):
        later = dict.fromkeys(later)  # depends_on has two forms
    if isinstance(later, dict) and isinstance(first, list):
        first = dict.fromkeys(first)
    if isinstance(first, dict) and isinstance(later, dict):
        return {**first, **{key: _joined(first.get(key), value) for key, value in later.items()}}
    if isinstance(first, list) and isinstance(later, list):
        return [*first, *(item for item in later if item not in first)]
    return later


def _by_target(first: object, later: object) -> list[object]:
    volumes = [*(first if isinstance(first, list) else []), *(later if isinstance(later, list) else [])]
    return list({volume["target"]: volume for volume in volumes}.values())
