"""Every typed value is judged before anything is done, also that of a task which comes last."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.history_options import EVERY, ZONE
from edge_tasks.cli.option import Setting
from edge_tasks.cli.options import SETTINGS
from edge_tasks.cli.own_options import OWN
from edge_tasks.cli.selection import selected
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.limits import MOST_EDGES

if TYPE_CHECKING:
    from collections.abc import Mapping

_BILL: Final = ("from", "to", "period", "zone")
_PAST: Final = ("from", "to", "every", "zone")


def check_typed(options: Mapping[str, object], typed: frozenset[str]) -> None:
    """Refuse an option whose value is not allowed.

    Args:
        options: as typed, of all tasks together.
        typed: the names of the tasks.

    Raises:
        SettingsError: which, and what is allowed.
    """
    own = (option for task in sorted(typed) for option in OWN.get(task, ()))
    for option in (*SETTINGS.values(), *own):
        if isinstance(option, Setting) and (value := options.get(option.name)):
            option.checked(value, option.option)
    if edge := options.get("edge"):
        selected(str(edge), MOST_EDGES)
    if "backfill" in typed:
        _check_past(*(str(options.get(name) or "") for name in _PAST))
    if "truth" in typed or ("verify" in typed and (options.get("energy") or "backfill" not in typed)):
        _check_bill(*(str(options.get(name) or "") for name in _BILL))


def required(options: Mapping[str, object], name: str, hint: str) -> str:
    """The text of an option without which the task can do nothing.

    Args:
        options: as typed.
        name: of the option.
        hint: a line with it, to be typed.

    Raises:
        SettingsError: it was not typed.
    """
    if not (value := options.get(name)):
        raise SettingsError(f"--{name} is missing", hint=hint)
    return str(value)


def _check_past(begin: str, end: str, every: str, zone: str) -> None:
    from edge_tasks.history import dates  # noqa: PLC0415 - most calls have no such option

    found = dates.zone_named(zone or ZONE)
    dates.every_ms(every or EVERY)
    if begin:
        dates.span_named(begin, end or dates.NOW, found, time.time_ns() // 1_000_000)


def _check_bill(first: str, last: str, length: str, zone: str) -> None:
    if first or last or length or zone:
        from edge_tasks.steps.accounts import wanted  # noqa: PLC0415 - as above, and numpy takes 100 ms to import

        wanted(first, last, length, zone)
