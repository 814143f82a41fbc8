"""Light edges against what a real edge answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from edge_tasks.light.wire import requests
from edge_tasks.light.wire.model import Model, model_of
from edge_tasks.openems import configuration
from tests.edge_templates import write_template
from tests.recordings.told import read_asked, without_ids
from tests.sample_trees import sources_of
from tests.told_trees import TREES

if TYPE_CHECKING:
    from pathlib import Path

MOMENT: Final = requests.Moment(1_000_000, "2026-11-24T12:00:00")
OPEN: Final = {
    "App.Evcs.Keba": "a light edge has no apps to install",
    "addAppInstance": "a real edge asked its backend first, which was a stand-in here",
    "executeSystemCommand": "nobody may run a command on the machine of the light edges",
    "executeSystemUpdate": "the same",
    "channelExportXlsx": "a light edge makes no spreadsheets",
    "is not defined for ID": "it names the Java class, too",
    "is not a Write Channel": "it shows the channel's value, too",
}
"""Questions or answers that are not compared, by what is in them, and why."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder: Path = tmp_path_factory.mktemp("lacking")
    return model_of(configuration.read(write_template(folder, sources_of(TREES["lacking"]))))


def answered(model: Model, payload: dict[str, Any]) -> Any:
    request = {"user": {"id": "admin"}, "payload": payload}
    message = {"jsonrpc": "2.0", "id": "outer", "method": "authenticatedRpc", "params": request}
    reply, _ = requests.answer(json.dumps(message).encode(), model, MOMENT)
    assert reply is not None
    return without_ids({key: value for key, value in json.loads(reply).items() if key in ("error", "result")})


def is_compared(question: Any, answer: Any) -> bool:
    return not any(part in json.dumps([question, answer]) for part in OPEN)


@pytest.mark.parametrize(("question", "answer"), [one for one in read_asked() if is_compared(*one)])
def test_it_answers_in_a_real_edges_words(model: Model, question: Any, answer: Any) -> None:
    assert in_order(answered(model, question)) == in_order(answer)


def test_most_questions_are_compared() -> None:
    assert (sum(is_compared(*one) for one in read_asked()), len(read_asked())) == (50, 61)


@pytest.mark.parametrize("part", list(OPEN))
def test_what_is_not_compared_was_asked(part: str) -> None:
    assert any(part in json.dumps(one) for one in read_asked())


def in_order(answer: Any) -> Any:
    """Channels in the order of their texts, because a real edge has them in the order of a hash table."""
    result = answer.get("result", {}).get("payload", {}).get("result", {})
    if isinstance(result, dict) and "channels" in result:
        result["channels"].sort(key=json.dumps)
    return answer
