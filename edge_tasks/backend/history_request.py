"""The params of questions about history, read as OpenEMS reads them. No I/O."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Final

from edge_tasks.backend import json_rpc
from edge_tasks.timedata.local_time import begin_of_day, plus_days, zone_called
from edge_tasks.timedata.question import Question
from edge_tasks.timedata.resolution import UNITS, Resolution, automatic

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from edge_tasks.backend.json_rpc import JsonObject

_NO_INTEGER_MEMBER: Final = 5001
_NO_MEMBER: Final = 5000
_NO_PRIMITIVE_MEMBER: Final = 5005
_NO_DATE_MEMBER: Final = 5008
_SHORT: Final = 100
_PARTS: Final = 3


class UncaughtError(Exception):
    """OpenEMS fails with an exception that nobody catches; its web server answers with HTTP 500 and this text."""


def question(params: JsonObject) -> Question:
    """Days, zone and channels of a question.

    Raises:
        RpcError: one of them is missing or wrong.
        UncaughtError: a date that no calendar has.
    """
    zone = _zone(params)
    begin, last = _day(params, "fromDate", zone), _day(params, "toDate", zone)
    return Question(begin, plus_days(last, 1), tuple(sorted(set(json_rpc.channels(params)))))


def resolution(params: JsonObject) -> Resolution:
    """The length of the periods.

    Raises:
        RpcError: it is missing or wrong.
        UncaughtError: a unit that Java does not know.
    """
    if "resolution" not in params:
        short = json_rpc.dumped(params).decode()[: _SHORT - len("...")] + "..."
        raise json_rpc.RpcError(
            f"JSON [resolution] is not a member of [{short}]", "resolution", short, code=_NO_MEMBER
        )
    found = params["resolution"]
    if not isinstance(found, dict):
        return Resolution(_integer(params, "resolution"), "SECONDS")
    value, unit = _integer(found, "value"), json_rpc.string(found, "unit").upper()
    if unit not in UNITS:
        raise UncaughtError(
            f"java.lang.IllegalArgumentException: No enum constant java.time.temporal.ChronoUnit.{unit}"
        )
    return Resolution(value, unit)


def resolution_or_automatic(params: JsonObject, asked: Question) -> Resolution:
    """The resolution that the params name, else the one that OpenEMS chooses for that many days."""
    return resolution(params) if "resolution" in params else automatic(asked.begin, asked.end)


def _zone(params: JsonObject) -> tzinfo:
    found = params.get("timezone")
    if isinstance(found, bool) or found is None or not isinstance(found, (str, int, float)):
        json = json_rpc.dumped(params).decode()
        text = f"JSON [timezone] is not a JSON-Primitive member of JSON-Object [{json}]"
        raise json_rpc.RpcError(text, "timezone", json, code=_NO_PRIMITIVE_MEMBER)
    return zone_called(found) if isinstance(found, str) else timezone(timedelta(seconds=-int(found)))


def _day(params: JsonObject, name: str, zone: tzinfo) -> datetime:
    text = json_rpc.string(params, name)
    parts = text.split("-")
    wrong = next((part for part in parts[:_PARTS] if not part.isdecimal()), None)
    if wrong is not None:
        raise _no_date(params, name, f'For input string: "{wrong}"')
    if len(parts) < _PARTS:
        raise _no_date(params, name, f"Index {len(parts)} out of bounds for length {len(parts)}")
    try:
        return begin_of_day(int(parts[0]), int(parts[1]), int(parts[2]), zone)
    except (ValueError, OverflowError) as error:
        raise UncaughtError(f"java.time.DateTimeException: {error}") from None


def _no_date(params: JsonObject, name: str, why: str) -> json_rpc.RpcError:
    json = json_rpc.dumped(params).decode()
    # the spelling is OpenEMS' own
    text = f"JONS [{name}:{json}] is not a Date. Error: {why}"
    return json_rpc.RpcError(text, name, json, why, code=_NO_DATE_MEMBER)


def _integer(params: JsonObject, name: str) -> int:
    """A member that is an integer, or a text that says one."""
    found = params.get(name)
    try:
        return int(str(found))
    except ValueError:
        json = json_rpc.dumped(params).decode()
        text = f"JSON [{name}:{json}] is not an Integer"
        raise json_rpc.RpcError(text, name, json, code=_NO_INTEGER_MEMBER) from None
