"""Make the recordings of this folder again. No test runs it; ``README.md`` says what it reads.

From the project's folder::

    python -m tests.recordings.make traffic FRAMES.jsonl
    python -m tests.recordings.make stored POINTS.jsonl TYPES.json
    python -m tests.recordings.make tables "host=... dbname=..."    (the password comes from PGPASSWORD)
    python -m tests.recordings.make answers ANSWERS.json AGGREGATED.json
    python -m tests.recordings.make trials TYPES.json NAME=POINTS.jsonl ...
    python -m tests.recordings.make told NAME=LINES.jsonl ...
    python -m tests.recordings.make asked LINES.jsonl

The same input gives the same bytes, and what was written is read again and compared with the input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from tests.recordings.answers import packed, unpacked
from tests.recordings.columns import columns_of
from tests.recordings.history import QUESTIONS
from tests.recordings.reading import (
    ANSWERS,
    STORED,
    TABLES,
    TRAFFIC,
    read_answers,
    read_stored,
    read_traffic,
    read_types,
)
from tests.recordings.tables import NAMES, shape
from tests.recordings.told import PATH as TOLD
from tests.recordings.told import QUESTIONS as ASKED
from tests.recordings.told import packed_asked, packed_told, read_told
from tests.recordings.trials import PATH, read_trials
from tests.recordings.trials import packed as packed_trial

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.recordings.columns import Value

WINDOW = 300_000
CYCLE = 1_000


def traffic(frames: str) -> None:
    """What an edge sent, out of its frames. The handshake has the apikey, and is left out with all requests."""
    lines = [json.loads(line) for line in Path(frames).read_text().splitlines()]
    messages = [json.loads(line["frame"]) for line in lines if "frame" in line]
    config, *again = _params(messages, "edgeConfig")
    assert all(one == config for one in again), "the configuration changed meanwhile"
    cycles, averages = _params(messages, "timestampedData"), _params(messages, "aggregatedData")
    components = {key: [one["factoryId"], one["alias"]] for key, one in config["components"].items()}
    factories = {key: one["natureIds"] for key, one in config["factories"].items()}
    content = {"components": components, "factories": factories}
    _write(TRAFFIC, content | {"cycles": _timed(cycles, CYCLE), "averages": _timed(averages, WINDOW)})
    written = read_traffic()
    assert _params(written, "timestampedData") == cycles
    assert _params(written, "aggregatedData") == averages


def stored(points: str, types: str) -> None:
    """What a time series database held of an edge, and the types of its fields."""
    found = [json.loads(line) for line in Path(points).read_text().splitlines()]
    by_moment = {one.pop("t"): one for one in found}
    own_types: dict[str, str] = json.loads(Path(types).read_text())
    assert set(own_types.values()) == {"integer", "float"}
    floats = sorted(name for name, own in own_types.items() if own == "float")
    messages = [{str(moment): values} for moment, values in by_moment.items()]
    _write(STORED, {"floats": floats, "points": _timed(messages, CYCLE)})
    assert read_stored() == by_moment
    assert read_types() == own_types


def tables(dsn: str) -> None:
    """The tables of a database that Odoo and its addon made."""
    with psycopg.connect(dsn) as connection:
        _write(TABLES, {name: shape(connection, name) for name in NAMES})


def answers(plain: str, aggregated: str) -> None:
    """What a backend answered to the questions of ``history.py``, with one and with the other provider."""
    kinds = {"plain": Path(plain), "aggregated": Path(aggregated)}
    found = {kind: json.loads(path.read_text()) for kind, path in kinds.items()}
    zones = [params.get("timezone") for _, _, params in QUESTIONS]
    shown: dict[str, set[Any]] = {"plain": set(zones), "aggregated": {"UTC", "Europe/Berlin"}}
    content = {
        kind: {
            str(place): _answer(*answer)
            for place, (zone, answer) in enumerate(zip(zones, found[kind], strict=True))
            if zone in shown[kind]
        }
        for kind in kinds
    }
    blocks = [
        f' "{kind}": {{\n' + ",\n".join(f'  "{place}": {_text([one], "")[1:-1]}' for place, one in found.items())
        for kind, found in content.items()
    ]
    ANSWERS.write_text("{\n" + "\n },\n".join(blocks) + "\n }\n}\n")
    assert [read_answers("plain")[place] for place in range(len(zones))] == [
        unpacked(_answer(*answer)) for answer in found["plain"]
    ]


def trials(types: str, *named: str) -> None:
    """What a database held of edges of some templates, each given by its name and a file of points."""
    own_types: dict[str, str] = json.loads(Path(types).read_text())
    files = dict(one.split("=", 1) for one in named)
    found = {name: Path(file).read_text().splitlines() for name, file in files.items()}
    _write(PATH, {name: packed_trial(list(map(json.loads, lines)), own_types) for name, lines in found.items()})
    assert read_trials().keys() == files.keys()


def told(*named: str) -> None:
    """What edges told, each given by its name and a file of lines."""
    files = dict(one.split("=", 1) for one in named)
    _write(TOLD, {name: packed_told(_lines(file)) for name, file in files.items()})
    assert read_told().keys() == files.keys()


def asked(file: str) -> None:
    """What an edge answered."""
    _write(ASKED, packed_asked(_lines(file)))


def _lines(file: str) -> list[Any]:
    return [json.loads(line) for line in Path(file).read_text().splitlines()]


def _answer(status: int, body: object) -> dict[str, Any]:
    """An answer in short form: its result, the message of its error, or the status of one that is no JSON."""
    if not isinstance(body, dict):
        return {"status": status}
    return {"error": body["error"]["message"]} if "error" in body else packed(body)


def _params(messages: Sequence[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    return [message["params"] for message in messages if message.get("method") == method]


def _timed(messages: Sequence[Mapping[str, Mapping[str, Value]]], step: int) -> dict[str, Any]:
    """One message each step; only where nothing was told it does not say its moment."""
    begin = int(next(iter(messages[0])))
    for place, message in enumerate(messages):
        assert set(message) <= {str(begin + place * step)}, f"message {place} has another moment: {set(message)}"
    values = [next(iter(message.values()), {}) for message in messages]
    return {"begin": begin, "step": step, "count": len(messages), "channels": columns_of(values)}


def _write(path: Path, content: Mapping[str, Any] | list[Any]) -> None:
    path.write_text(_text(content, "") + "\n")


def _text(content: object, indent: str) -> str:
    """JSON in which each column of a recording and each row of a table is one line."""
    if isinstance(content, dict):
        inner = [f"{indent} {json.dumps(key)}: {_text(one, indent + ' ')}" for key, one in content.items()]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    if isinstance(content, list) and content and isinstance(content[0], list):
        return "[\n" + ",\n".join(f"{indent} {_text(row, indent)}" for row in content) + f"\n{indent}]"
    return json.dumps(content, separators=(",", ":"))


def main(kind: str, *arguments: str) -> None:
    """Make one of them."""
    kinds: dict[str, Callable[..., None]] = {
        "traffic": traffic,
        "stored": stored,
        "tables": tables,
        "answers": answers,
        "trials": trials,
        "told": told,
        "asked": asked,
    }
    kinds[kind](*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
