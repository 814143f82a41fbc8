"""A real Chromium for tests of what people see. CI has one (``.ci/run``); elsewhere they may be skipped."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="there is no chromium: apt-get install chromium"
)
expect.set_options(timeout=1000 * LONG_S)  # its own 5 s are no limit of ours


@contextmanager
def tab(url: str, **context: Any) -> Iterator[Page]:
    """A tab that shows the page; at the end nothing has failed, and nothing was asked elsewhere."""
    with sync_playwright() as playwright:
        assert CHROMIUM, "CI has no chromium"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(**{"reduced_motion": "reduce", **context})
        page.set_default_timeout(1000 * LONG_S)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        yield page
        assert faults == []
        assert [address for address in asked if not address.startswith(url)] == []
        browser.close()


def violations(page: Page) -> dict[str, list[Any]]:
    """What axe finds against WCAG 2.2 AA and its best practices: rule → elements."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return {fault["id"]: [node["target"] for node in fault["nodes"]] for fault in found}


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.locator("html").evaluate("node => node.scrollWidth - node.clientWidth"))
