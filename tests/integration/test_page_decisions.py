"""What the page's scripts decide: pure functions, called in a real Chromium, which runs them anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import needs_chromium
from tests.moved_fleet import MovedFleet, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = needs_chromium


def called(page: Page, module: str, call: str) -> Any:
    """What a function of one of the page's own modules answers."""
    return page.evaluate(f"async () => (await import('/static/{module}')).{call}")


@pytest.fixture(scope="module")
def pure() -> Iterator[Page]:
    """A tab in which pure functions are called."""
    with shown(MovedFleet(1)) as page:
        yield page


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        ("asked: true, linked: true, late: false, problem: '', all: 3, online: 3", "well"),
        ("asked: true, linked: true, late: false, problem: '', all: 3, online: 2", "ill"),
        ("asked: true, linked: true, late: false, problem: 'down', all: 3, online: 3", "unasked"),
        ("asked: true, linked: true, late: true, problem: '', all: 3, online: 3", "lost"),
        ("asked: true, linked: false, late: false, problem: '', all: 3, online: 3", "lost"),
        ("asked: true, linked: true, late: false, problem: '', all: 0, online: 0", "none"),
        ("asked: true, linked: true, late: false, problem: 'no fleet', all: 0, online: 0", "none"),
        ("asked: false, linked: true, late: false, problem: 'first look', all: 0, online: 0", "waiting"),
    ],
)
def test_what_was_seen_decides_the_lamp(pure: Page, seen: str, found: str) -> None:
    assert called(pure, "lamp.js", f"lamp({{ {seen} }})") == found


@pytest.mark.parametrize(
    ("numbers", "rest"),
    [
        ("3, 3, 0", "of 3: all are online"),
        ("3, 1, 0", "of 3; 2 not online"),
        ("3, 1, 1", "of 3; 1 not online, 1 not known"),
        ("3, 2, 1", "of 3; 1 not known"),
        ("0, 0, 0", "there are no edges"),
    ],
)
def test_the_count_claims_only_what_is_known(pure: Page, numbers: str, rest: str) -> None:
    assert called(pure, "words.js", f"online({numbers})")["rest"] == rest


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("edge17", ["edge17", "edge170", "edge171"]),
        ("17", ["edge17", "edge170", "edge171"]),
        ("EDGE7", ["edge7", "edge70", "edge71"]),
        ("9", ["edge9", "edge90", "edge91"]),
        ("edge3, edge150", ["edge3", "edge150"]),
        ("nobody", []),
        ("", ["edge0", "edge1", "edge2"]),
    ],
)
def test_the_edge_that_was_meant_is_the_first_hit(pure: Page, text: str, first: list[str]) -> None:
    edges = "Object.fromEntries([...Array(200).keys()].map((n) => [`edge${n}`, ['online', '']]))"
    assert called(pure, "search.js", f"hits({edges}, '{text}')")[: len(first) or 1] == first


@pytest.mark.parametrize(
    ("arguments", "show"),
    [
        ("60, 2, 700, 850", "tiles"),
        ("61, 2, 700, 850", "values"),
        ("200, 3, 700, 850", "values"),
        ("300, 3, 700, 850", "numbers"),
        ("1000, 3, 700, 850", "numbers"),
        ("1000, 3, 338, 844", "cells"),
        ("3000, 4, 700, 850", "cells"),
    ],
)
def test_a_cell_shows_as_much_as_there_is_room_for(pure: Page, arguments: str, show: str) -> None:
    assert called(pure, "room.js", f"room({arguments})")["show"] == show
