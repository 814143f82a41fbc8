"""The recorded answers in a short form, and back: a column is a list of [value, how often], times are steps."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import groupby, pairwise
from typing import Any

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def packed(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer (`result` or `error`) in short form."""
    result = answer.get("result")
    if result is None or "timestamps" not in result:
        return answer
    seconds = [_seconds(text) for text in result["timestamps"]]
    steps = [later - sooner for sooner, later in pairwise(seconds)]
    columns = {channel: _runs(values) for channel, values in result["data"].items()}
    return {"begin": seconds[:1], "steps": _runs(steps), "columns": columns}


def unpacked(short: dict[str, Any]) -> dict[str, Any]:
    """The answer again."""
    if "begin" not in short:
        return short
    times = list(short["begin"])
    for step in _flat(short["steps"]):
        times.append(times[-1] + step)
    texts = [datetime.fromtimestamp(time, timezone.utc).strftime(FORMAT) for time in times]
    return {
        "result": {"timestamps": texts, "data": {name: _flat(runs) for name, runs in short["columns"].items()}}
    }


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, FORMAT).replace(tzinfo=timezone.utc).timestamp())


def _runs(values: list[Any]) -> list[list[Any]]:
    return [[value, len(list(run))] for value, run in groupby(values)]


def _flat(runs: list[list[Any]]) -> list[Any]:
    return [value for value, count in runs for _ in range(count)]
