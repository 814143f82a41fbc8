from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import BackendError, BackendHangs
from edge_tasks.proof.best_source import BestSource

if TYPE_CHECKING:
    from collections.abc import Sequence

ONLINE = {"edge0": True}
HANGS, FAILS = BackendHangs("it hangs"), BackendError("it fails")


@dataclass
class Source:
    """A source that answers, or has a trouble."""

    says: str
    sees_values: bool = False
    trouble: BackendError | None = None
    is_late: bool = False
    remark: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        self.asked.append(tuple(names))
        if self.trouble is not None:
            raise self.trouble
        return ONLINE

    def components(self, names: Sequence[str]) -> dict[str, frozenset[str]] | None:
        return {name: frozenset({self.says}) for name in names} if self.sees_values else None

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
        return {name: dict.fromkeys(channels, 1) for name in names} if self.sees_values else {}


def test_the_first_one_that_answers_is_asked_for_everything() -> None:
    rest, ui = Source("rest", sees_values=True), Source("ui")
    best = BestSource((rest, ui))
    assert best.online(["edge0"]) == ONLINE
    assert (best.says, best.sees_values, ui.asked) == ("rest", True, [])
    assert best.values(["edge0"], ["a/B"]) == {"edge0": {"a/B": 1}}
    assert best.components(["edge0"]) == {"edge0": frozenset({"rest"})}


def test_one_that_hangs_is_passed_over_and_not_asked_again_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    rest, ui = Source("rest", sees_values=True, trouble=HANGS), Source("ui")
    best = BestSource((rest, ui))
    for _ in range(2):
        assert best.online(["edge0"]) == ONLINE
    assert (best.says, len(rest.asked), len(ui.asked)) == ("ui", 1, 2)
    assert (best.values(["edge0"], ["a/B"]), best.components(["edge0"])) == ({}, None)
    now[0], rest.trouble = 161.0, None
    best.online(["edge0"])
    assert best.says == "rest"


def test_a_rest_api_that_refuses_or_is_not_reached_says_what_is_wrong() -> None:
    ui = Source("ui")
    with pytest.raises(BackendError, match="it fails"):
        BestSource((Source("rest", sees_values=True, trouble=FAILS), ui)).online(["edge0"])
    assert ui.asked == []


def test_without_rest_one_that_cannot_be_asked_is_passed_over() -> None:
    late = BestSource((Source("ui", trouble=FAILS), Source("table", is_late=True)))
    assert late.online(["edge0"]) == ONLINE
    assert (late.says, late.is_late) == ("table", True)


def test_which_one_will_answer_is_known_before_anything_is_asked() -> None:
    late = BestSource((Source("ui", trouble=FAILS), Source("table", is_late=True)))
    assert (late.is_late, late.sees_values) == (True, False)
    rest = Source("rest", sees_values=True)
    assert BestSource((rest, Source("ui"))).sees_values
    assert rest.asked == []


@pytest.mark.parametrize(("troubles", "said"), [((HANGS, FAILS), "it hangs"), ((FAILS, FAILS), "it fails")])
def test_if_none_can_be_asked_the_reason_is_told(troubles: tuple[BackendError, ...], said: str) -> None:
    best = BestSource([Source("one", trouble=trouble) for trouble in troubles])
    with pytest.raises(BackendError, match=said):
        best.online(["edge0"])


def test_once_a_backend_has_started_one_that_was_silent_meanwhile_is_asked_again() -> None:
    rest, ui = Source("rest", sees_values=True, trouble=HANGS), Source("ui")
    best = BestSource((rest, ui))
    best.online(["edge0"])
    rest.trouble = None
    best.forget()
    best.online(["edge0"])
    assert best.says == "rest"
