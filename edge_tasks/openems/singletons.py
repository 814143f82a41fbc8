"""Whether somebody configured a singleton on purpose, or a running edge wrote its file by itself."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.components import SINGLETONS, is_public
from edge_tasks.openems.configuration import SINGLETON_IDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.openems import felix

_OF_THE_HOST: Final = frozenset({"networkConfiguration", "usbConfiguration"})
"""``Core.Host`` reads them from the machine that it runs on and writes them down."""


def is_configured(pid: str, properties: Mapping[str, felix.Value]) -> bool:
    """Whether a singleton's file says more than a running edge writes by itself.

    An edge writes id and alias, the time and author of a change, and defaults. A singleton whose defaults are not
    known counts as not configured.
    """
    own_id = SINGLETON_IDS.get(pid)
    if own_id is None:
        return False
    defaults = SINGLETONS[own_id].properties
    return any(
        name not in defaults or not _is_same(value, defaults[name])
        for name, value in properties.items()
        if _is_a_choice(name) and not (name == "alias" and value in ("", pid, own_id))
    )


def _is_a_choice(name: str) -> bool:
    """OSGi's own properties have dots in their names, and OpenEMS' notes of a change begin with an underscore."""
    return is_public(name) and "." not in name and not name.startswith("_") and name not in _OF_THE_HOST


def _is_same(value: object, default: object) -> bool:
    """Defaults are known as texts, whatever their type is."""
    one, other = _plain(value), _plain(default)
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-6)
    return one == other


def _plain(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return [part for part in value if part != ""]
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
