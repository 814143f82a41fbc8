"""The recordings, as the tests read them; ``README.md`` says where they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.recordings.answers import unpacked
from tests.recordings.columns import Value, messages_of

FOLDER = Path(__file__).parent
NAMES = ("traffic.json", "stored.json", "tables.json", "answers.json")
TRAFFIC, STORED, TABLES, ANSWERS = (FOLDER / name for name in NAMES)


def read_traffic(path: Path = TRAFFIC) -> list[dict[str, Any]]:
    """The edge's messages: its configuration, then what it told in each cycle, then its averages."""
    content = json.loads(path.read_bytes())
    return [
        {"method": "edgeConfig", "params": _config(content)},
        *({"method": "timestampedData", "params": params} for params in _timed(content["cycles"])),
        *({"method": "aggregatedData", "params": params} for params in _timed(content["averages"])),
    ]


def read_stored(path: Path = STORED) -> dict[int, dict[str, Value]]:
    """The points of the time series database: what was stored of each moment in epoch ms."""
    points = json.loads(path.read_bytes())["points"]
    return {int(moment): values for params in _timed(points) for moment, values in params.items()}


def read_types(path: Path = STORED) -> dict[str, str]:
    """The database's type of each channel: ``integer`` or ``float``."""
    content = json.loads(path.read_bytes())
    floats = set(content["floats"])
    return {name: "float" if name in floats else "integer" for name in content["points"]["channels"]}


def read_tables() -> dict[str, Any]:
    """What :func:`tests.recordings.tables.shape` found of each table."""
    return dict(json.loads(TABLES.read_bytes()))


def read_answers(kind: str) -> dict[int, dict[str, Any]]:
    """What a backend answered to the questions of ``history.py``, by their places.

    ``kind`` is ``plain`` (``Timedata.InfluxDB``) or ``aggregated``.
    """
    content = json.loads(ANSWERS.read_bytes())[kind]
    return {int(place): unpacked(answer) for place, answer in content.items()}


def _config(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "components": {
            own_id: {"factoryId": factory, "alias": alias}
            for own_id, (factory, alias) in content["components"].items()
        },
        "factories": {pid: {"natureIds": natures} for pid, natures in content["factories"].items()},
    }


def _timed(content: dict[str, Any]) -> list[dict[str, dict[str, Value]]]:
    """As OpenEMS sends them: values by the moment; nothing at all where nothing was told."""
    messages = messages_of(content["channels"], content["count"])
    moments = (content["begin"] + place * content["step"] for place in range(content["count"]))
    return [{str(moment): values} if values else {} for moment, values in zip(moments, messages, strict=True)]
