from __future__ import annotations

import pytest

from edge_tasks.cli.judging import check_typed
from edge_tasks.errors import SettingsError

VERIFY = frozenset({"verify"})
BACKFILL = frozenset({"backfill"})


@pytest.mark.parametrize(
    ("tasks", "option", "value", "allowed"),
    [
        (("setup",), "timeout", "0", "from 1 to 86400"),
        (("setup",), "seed", "ü", "up to 64 of A-Z"),
        (("setup", "dashboard"), "port", "x", "from 0 to 65535"),
        (("setup", "report"), "seconds", "-1", "from 0 to 86400"),
        (("attach",), "limit", "0", "from 1"),
        (("verify",), "period", "week", "one of day, month"),
        (("verify",), "from", "foo", "a day such as 2025-11-01"),
        (("setup", "truth"), "to", "2025-13-01", "a day such as"),
        (("verify",), "edge", "x", "use a form such as 3"),
        (("backfill",), "every", "5", "from 1s to 24h"),
        (("setup", "backfill"), "from", "yesterday", "a day such as"),
    ],
)
def test_whatever_is_typed_is_judged_before_anything_is_done(
    tasks: tuple[str, ...], option: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError, match=f"--{option} is '{value}'") as refused:
        check_typed({option: value}, frozenset(tasks))
    assert allowed in refused.value.hint


@pytest.mark.parametrize("tasks", [VERIFY, BACKFILL])
def test_a_time_zone_that_there_is_not_is_refused_also_where_it_has_no_effect(tasks: frozenset[str]) -> None:
    with pytest.raises(SettingsError, match="there is no time zone 'Mars'"):
        check_typed({"zone": "Mars", "remove": True}, tasks)


def test_what_is_allowed_passes() -> None:
    check_typed({"edges": "3", "timeout": None, "seed": "a.b"}, frozenset({"setup"}))
    check_typed({"from": "2025-11-01", "period": "day", "zone": "Africa/Kampala", "edge": "0,3-7"}, VERIFY)
    check_typed({"from": "2025-11-01T12:00:00+03:00", "every": "5m"}, BACKFILL)


def test_a_moment_at_which_a_past_begins_is_no_fault_of_a_verify_behind_it() -> None:
    typed = {"from": "2025-11-01T12:00:00Z"}
    check_typed(typed, VERIFY | BACKFILL)
    with pytest.raises(SettingsError, match="--from is"):
        check_typed({**typed, "energy": True}, VERIFY | BACKFILL)
