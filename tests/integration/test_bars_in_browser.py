"""The bar chart in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.page.bars import bars
from edge_tasks.page.static_files import STATIC
from tests.browser import needs_chromium, overflow, tab, violations
from tests.moved_fleet import DESKTOP, PHONE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import ViewportSize

pytestmark = needs_chromium


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_the_bars_of_a_month_stay_in_their_place_and_are_read_out(
    tmp_path: Path, viewport: ViewportSize, scheme: str
) -> None:
    chart = bars([None if day == 7 else 400 * day for day in range(1, 32)], list(map(str, range(1, 32))), "Wh")
    style = f":root {{ color-scheme: light dark }} {(STATIC / 'bars.css').read_text()}"
    path = tmp_path / "bars.html"
    path.write_text(
        f"<!doctype html><html lang=en><title>bars</title><style>{style}</style>"
        f"<main><h1>bars</h1>{chart}</main></html>"
    )
    with tab(path.as_uri(), viewport=viewport, color_scheme=scheme) as page:
        entries = page.get_by_role("listitem")
        assert entries.count() == 31
        assert entries.nth(6).get_attribute("aria-label") == "7: no reading"
        chart_box, last_box = page.locator(".bars").bounding_box(), entries.last.bounding_box()
        assert chart_box
        assert last_box
        assert last_box["x"] + last_box["width"] <= chart_box["x"] + chart_box["width"]
        assert overflow(page) == 0
        assert violations(page) == {}
