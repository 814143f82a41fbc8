"""How people write down an incident, and what is refused."""

from __future__ import annotations

import pytest

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.incident_entry import EXAMPLE, KEYS_OF, find_fault, typed


def test_a_text_is_a_kind_and_then_keys_with_values() -> None:
    found = typed("clock edges=0,3-5 group='test bench' from=2026-01-03 to=2026-01-04T10:00Z shift=-90s")
    assert (found.kind, found.ranges, found.group) == ("clock", (range(1), range(3, 6)), "test bench")
    assert (found.words["from"], found.shift_ms) == ("2026-01-03", -90_000)
    assert typed(EXAMPLE).ranges == (range(3, 6),)


def test_an_incident_without_edges_is_of_all_and_its_meter_or_channel_is_what_it_is_of() -> None:
    assert typed("left at=2026-01-15").ranges is None
    assert typed("meter-replaced meter=meter3 at=2026-01-15").of == "meter3"
    channel = "meter3/ActiveConsumptionEnergy"
    assert typed(f"counter-reset channel={channel} at=2026-01-15").of == channel
    assert typed("counter-reset at=2026-01-15").of == ""


@pytest.mark.parametrize(("text", "shift_ms"), [("1h", 3_600_000), ("+2m", 120_000), ("-24h", -86_400_000)])
def test_a_shift_is_how_much_a_clock_is_fast(text: str, shift_ms: int) -> None:
    assert typed(f"clock from=2026-01-03 to=2026-01-03 shift={text}").shift_ms == shift_ms


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "cannot be read"),
        ("gap from", "cannot be read"),
        ("gap group='a", "cannot be read"),
        ("left at=2026-01-03 at=2026-01-04", "cannot be read"),
        ("gop at=2026-01-03", "kind is 'gop'"),
        ("gap from=2026-01-03", "gap without to"),
        ("gap at=2026-01-03", "gap has no at"),
        ("gap from=2026-13-03 to=2026-01-03", "from is '2026-13-03'"),
        ("gap from=2026-01-03 to=yesterday", "to is 'yesterday'"),
        ("gap from=2026-01-03 to=20260105", "to is '20260105'"),
        ("gap from=2026-01-03 to=2026-W02-1", "to is '2026-W02-1'"),
        ("gap from=2026-01-03 to=2026-01-03 edges=5-3", "edges is '5-3'"),
        ("gap from=2026-01-03 to=2026-01-03 shift=1h", "gap has no shift"),
        ("clock from=2026-01-03 to=2026-01-03 shift=25h", "shift is '25h'"),
        ("clock from=2026-01-03 to=2026-01-03 shift=0s", "shift is '0s'"),
        ("meter-replaced at=2026-01-03", "meter-replaced without meter"),
        ("counter-reset at=2026-01-03 channel=meter3", "channel is 'meter3'"),
        ("joined at=2026-01-03 meter=meter3", "joined has no meter"),
    ],
)
def test_what_means_nothing_is_refused_with_the_text_and_what_is_allowed(text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        typed(text)
    assert caught.value.message.startswith(f"--incident {text!r}")
    assert problem in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2


def test_an_entry_of_a_file_may_have_numbers_but_needs_a_kind() -> None:
    assert find_fault({"kind": "left", "edges": 3, "at": "2026-01-03"}) is None
    for entry in ({"at": "2026-01-03"}, {"kind": 3}, {"kind": ["gap"]}, {"kind": "left", "at": True}):
        fault = find_fault(entry)
        assert fault is not None
        assert fault.allowed
    assert len(KEYS_OF) == 8
