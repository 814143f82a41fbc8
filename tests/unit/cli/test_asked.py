from __future__ import annotations

import pytest
from invoke.exceptions import Exit, ParseError

import tasks
from edge_tasks.cli.asked import explained


@pytest.mark.parametrize(
    "said", ["No idea what 'setpu' is!", "Flag <Argument: edges> needed value and was not given one!"]
)
def test_what_cannot_be_read_ends_as_other_wrong_settings_do(said: str) -> None:
    with pytest.raises(Exit) as ended, explained(tasks.namespace, "inv", ["plan", "--check"]):
        raise ParseError(said)
    assert ended.value.code == 2
