from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from edge_tasks.backend.garbage import Garbage

if TYPE_CHECKING:
    from collections.abc import Iterator


class Held:
    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_put_aside_is_not_searched_until_an_edge_has_gone() -> None:
    garbage = Garbage()
    gc.disable()
    try:
        seen = weakref.ref(Held())
        assert not garbage.tidy(0)
    finally:
        gc.enable()
    gc.collect()
    assert seen() is not None
    assert garbage.tidy(1)
    assert seen() is None


def test_nothing_is_searched_twice_for_the_same_edge() -> None:
    garbage = Garbage()
    assert [garbage.tidy(ended) for ended in (0, 3, 3, 4)] == [False, True, False, True]
