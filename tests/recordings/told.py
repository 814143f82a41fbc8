"""What real edges told second by second of templates with little in them, and what they answered.

Their templates are in ``tests/told_trees.py``. The moments are seconds since an edge's first message.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PATH: Final = Path(__file__).with_name("told.json")
QUESTIONS: Final = Path(__file__).with_name("asked.json")
_SHORT: Final = 2_000
"""In bytes. Longer answers tell lists that a light edge does not have."""
Flat: TypeAlias = "list[int | None]"
"""A second, a value, the next second ..."""


def read_told() -> dict[str, dict[str, list[tuple[int, int | None]]]]:
    """By an edge's name and the channel, each value with the second from which on it was told."""
    content: Mapping[str, Mapping[str, Flat]] = json.loads(PATH.read_bytes())
    return {
        name: {
            channel: [(second or 0, value) for second, value in zip(flat[::2], flat[1::2], strict=True)]
            for channel, flat in one.items()
        }
        for name, one in content.items()
    }


def read_asked() -> list[tuple[Any, Any]]:
    """Requests in their order, each with what a real edge answered: ``{"result": ...}`` or ``{"error": ...}``."""
    return [(question, answer) for question, answer in json.loads(QUESTIONS.read_bytes())]


def packed_told(lines: Sequence[Mapping[str, Any]]) -> dict[str, Flat]:
    """The changes of all channels but texts and those that repeat the configuration."""
    begin: int | None = None
    found: dict[str, Flat] = {}
    for line in lines:
        for moment, values in _values(line):
            begin = moment if begin is None else begin
            for name, value in values.items():
                flat = found.setdefault(name, [])
                if not isinstance(value, str) and (not flat or flat[-1] != value):
                    flat += [round((moment - begin) / 1000), value]
    return {name: found[name] for name in sorted(found) if found[name] and "/_Property" not in name}


def packed_asked(lines: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The requests that were answered shortly, with their answers; without the ids, which are new each time."""
    answers = {line["got"]["id"]: line["got"] for line in lines if "id" in line.get("got", {})}
    sent = [line["sent"] for line in lines if "sent" in line]
    pairs = [[one["params"]["payload"], answers[one["id"]]] for one in sent if one["id"] in answers]
    return [
        [without_ids(question), without_ids({key: answer[key] for key in ("error", "result") if key in answer})]
        for question, answer in pairs
        if len(json.dumps(answer)) < _SHORT
    ]


def _values(line: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    message = line.get("got", {})
    if message.get("method") == "timestampedData":
        for moment, values in message["params"].items():
            yield int(moment), values


def without_ids(value: Any) -> Any:
    """A message without what is new in each: the ids of requests and answers."""
    if isinstance(value, dict):
        new = ("id", "jsonrpc") if "jsonrpc" in value else ()
        return {key: without_ids(one) for key, one in value.items() if key not in new}
    return [without_ids(one) for one in value] if isinstance(value, list) else value
