from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from edge_tasks.errors import NoAnswer
from edge_tasks.steps.attached_proof import AttachedProof

if TYPE_CHECKING:
    import pytest

    from edge_tasks.runtimes.attached_host import EdgeStatus

LONG_AGO = 0.0


@dataclass
class Api:
    """A REST API that says the same of all edges; ``is_silent``: that does not answer."""

    online_there: bool = False
    is_silent: bool = False

    def online(self, names: list[str]) -> dict[str, bool]:
        if self.is_silent:
            raise NoAnswer("it does not answer")
        return dict.fromkeys(names, self.online_there)


def connected(since: float) -> dict[str, EdgeStatus]:
    return {"edge0": {"state": "connected", "since": since}}


def seen(proof: AttachedProof) -> tuple[int | None, list[str], str]:
    return proof.online, proof.not_online, proof.silence.message if proof.silence else ""


def test_an_unanswered_look_says_nothing_of_what_was_seen_before_and_the_next_answer_ends_the_silence() -> None:
    api = Api()
    proof = AttachedProof(cast("Any", api), ["edge0"])
    proof.look(connected(LONG_AGO))
    assert seen(proof) == (0, ["edge0"], "")
    api.is_silent = True
    proof.look(connected(LONG_AGO))
    why = "the backend did not say at the end which edges are online: it does not answer"
    assert seen(proof) == (None, [], why)
    assert (proof.looks, proof.unanswered) == (1, 1)
    api.is_silent, api.online_there = False, True
    proof.look(connected(LONG_AGO))
    assert seen(proof) == (1, [], "")


def test_an_edge_that_had_just_connected_when_it_was_asked_is_given_time_however_long_the_answer_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])

    class Slow(Api):
        def online(self, names: list[str]) -> dict[str, bool]:
            clock[0] += 20
            return super().online(names)

    proof = AttachedProof(cast("Any", Slow()), ["edge0"])
    proof.look(connected(since=999.0))
    assert proof.not_online == []
    proof.look(connected(since=999.0))
    assert proof.not_online == ["edge0"]
