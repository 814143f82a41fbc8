from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.recordings.columns import Value, columns_of, messages_of

VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), max_size=8))
def test_columns_give_the_messages_back_with_their_types(messages: list[dict[str, Value]]) -> None:
    written = json.loads(json.dumps(columns_of(messages)))
    found = messages_of(written, len(messages))
    assert [sorted(map(repr, one.items())) for one in found] == [
        sorted(map(repr, one.items())) for one in messages
    ]
