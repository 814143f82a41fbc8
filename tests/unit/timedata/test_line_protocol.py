from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.influxdb.line_protocol import LINES, tag_of, texts
from edge_tasks.timedata.points import Points

whole = st.integers(-(1 << 62), 1 << 62)
names = st.text("ab/_,= %", min_size=1, max_size=6)


def parsed(text: str) -> list[tuple[str, dict[str, str], int]]:
    """Lines as InfluxDB reads them."""
    found = []
    for line in text.splitlines():
        hidden = line.replace("\\,", "\0").replace("\\=", "\1").replace("\\ ", "\2")
        series, fields, moment = hidden.split(" ")
        pairs = [field.split("=") for field in fields.split(",")]
        shown = {name.replace("\0", ",").replace("\1", "=").replace("\2", " "): value for name, value in pairs}
        found.append((series, shown, int(moment)))
    return found


@given(columns=st.dictionaries(names, st.lists(whole, min_size=3, max_size=3), min_size=1))
def test_each_line_has_all_values_of_a_moment(columns: dict[str, list[int]]) -> None:
    channels = {name: np.array(values) for name, values in columns.items()}
    (text,) = texts(Points("edge7", np.array([1, 2, 3]), channels), "data")
    assert parsed(text.decode()) == [
        ("data,edge=7", {name: f"{values[place]}i" for name, values in columns.items()}, place + 1)
        for place in range(3)
    ]


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_floats_are_written_so_that_they_are_read_exactly(values: list[float]) -> None:
    (text,) = texts(Points("edge7", np.array([1, 2]), {"a": np.array(values)}), "data")
    assert [float(fields["a"]) for _, fields, _ in parsed(text.decode())] == values


def test_long_histories_come_in_pieces() -> None:
    times = np.arange(2 * LINES + 1)
    pieces = list(texts(Points("edge7", times, {"a": times}), "data"))
    assert [piece.count(b"\n") for piece in pieces] == [LINES, LINES, 1]


@pytest.mark.parametrize(("edge", "tag"), [("edge3", "3"), ("bronx-01", "1"), ("edge10", "10")])
def test_the_tag_is_the_number_at_the_end_of_the_name(edge: str, tag: str) -> None:
    assert tag_of(edge) == tag


def test_an_edge_without_a_number_has_no_history() -> None:
    with pytest.raises(HistoryError, match="gateway has no number"):
        tag_of("gateway")
