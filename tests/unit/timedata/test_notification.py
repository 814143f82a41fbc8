from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.timedata.notification import MOMENTS, texts
from edge_tasks.timedata.points import Points

numbers = st.one_of(
    st.lists(st.integers(-(1 << 62), 1 << 62), min_size=3, max_size=3),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3),
)


@given(columns=st.dictionaries(st.text(max_size=6), numbers, min_size=1))
def test_a_notification_has_all_values_of_its_moments_in_their_types(
    columns: dict[str, list[int] | list[float]],
) -> None:
    channels = {name: np.array(values) for name, values in columns.items()}
    ((text, count),) = texts(Points("edge7", np.array([1, 2, 1_754_006_400_000]), channels))
    sent = json.loads(text)
    assert (sent["jsonrpc"], sent["method"], count) == ("2.0", "timestampedData", 3)
    assert list(sent["params"]) == ["1", "2", "1754006400000"]
    for place, values in enumerate(sent["params"].values()):
        expected = {name: column[place] for name, column in columns.items()}
        assert (values, list(map(type, values.values()))) == (expected, list(map(type, expected.values())))


def test_a_long_past_is_several_notifications() -> None:
    times = np.arange(2 * MOMENTS + 1, dtype=np.int64)
    found = list(texts(Points("edge7", times, {"a": times})))
    assert [count for _, count in found] == [MOMENTS, MOMENTS, 1]
    assert [int(at) for text, _ in found for at in json.loads(text)["params"]] == times.tolist()
