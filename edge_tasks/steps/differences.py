"""What differs between two states of generated files, in a few words for ``inv plan``. Pure.

Secrets are among the values, so only names are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.checkout import yaml_text
from edge_tasks.openems import felix
from edge_tasks.plan import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

_OF_EDGE = ("_", "org.apache.felix")
"""How properties begin that an edge itself adds to its files."""


def of_configs(before: Mapping[PurePosixPath, str], after: Mapping[PurePosixPath, str]) -> str:
    """``adds A.config, removes B.config, changes C.config (uri)``; empty if nothing that an edge sees differs."""
    changed = {
        path: names for path in before.keys() & after.keys() if (names := _properties(before[path], after[path]))
    }
    return _said(
        {str(path) for path in after.keys() - before.keys()},
        {str(path) for path in before.keys() - after.keys()},
        {f"{path} ({', '.join(names)})" for path, names in changed.items()},
    )


def of_services(before: str, after: str) -> str:
    """``adds openems-edge-3, changes openems-edge-0``: of two texts of a compose file; empty if none differs."""
    old, new = _services(before), _services(after)
    return _said(
        new.keys() - old.keys(),
        old.keys() - new.keys(),
        {name for name in old.keys() & new.keys() if old[name] != new[name]},
    )


def _said(added: Iterable[str], removed: Iterable[str], changed: Iterable[str]) -> str:
    kinds = (("adds", added), ("removes", removed), ("changes", changed))
    in_order = ((word, tuple(sorted(names, key=_by_number))) for word, names in kinds)
    return ", ".join(f"{word} {some(names)}" for word, names in in_order if names)


def _by_number(name: str) -> tuple[int, str]:
    """openems-edge-10 after openems-edge-9."""
    return len(name), name


def _properties(before: str, after: str) -> list[str]:
    old, new = _values(before), _values(after)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _values(text: str) -> Mapping[str, object]:
    try:
        found = felix.parse(text).values()
    except felix.FelixSyntaxError:
        return {"not readable": True}
    return {name: value for name, value in found.items() if not name.startswith(_OF_EDGE)}


def _services(text: str) -> Mapping[str, object]:
    try:
        document = yaml_text.load(text, any_tag=True)
    except yaml_text.YamlError:
        return {}
    services = document.get("services") if isinstance(document, dict) else None
    return services if isinstance(services, dict) else {}
