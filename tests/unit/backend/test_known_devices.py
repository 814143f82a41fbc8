from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.backend.known_devices import Write

WRITES = st.builds(
    Write,
    st.just(1),
    online=st.sampled_from([None, True, False]),
    heard=st.booleans(),
    level=st.sampled_from([None, "ok", "fault"]),
)


def row_after(*writes: Write) -> tuple[bool | None, bool, str | None]:
    """What a row has when one write after the other is done."""
    online, heard, level = None, False, None
    for write in writes:
        online = online if write.online is None else write.online
        heard = heard or write.heard
        level = write.level or level
    return online, heard, level


@given(st.lists(WRITES, min_size=1, max_size=5))
def test_several_writes_in_one_do_what_each_would_do_in_turn(writes: list[Write]) -> None:
    whole = writes[0]
    for write in writes[1:]:
        whole = whole.then(write)
    assert (whole.online, whole.heard, whole.level) == row_after(*writes)


@given(WRITES, WRITES, WRITES)
def test_it_does_not_matter_which_two_of_three_are_put_together_first(
    first: Write, second: Write, third: Write
) -> None:
    assert first.then(second).then(third) == first.then(second.then(third))
