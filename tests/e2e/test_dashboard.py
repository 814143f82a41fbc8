"""The page of a real fleet in a real Chromium."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import CHROMIUM, needs_chromium, overflow, tab, violations
from tests.inv import inv, serving
from tests.moved_fleet import DESKTOP, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = needs_chromium
NAMES = ("edge0", "edge1", "edge2")
CONSUMED, HOUSEHOLD = "_sum/ConsumptionActiveEnergy", "meter4/ActiveConsumptionEnergy"


@contextmanager
def served(platform: Any) -> Iterator[str]:
    with serving(inv("dashboard", "--port", "0", *platform.options)) as (url, server):
        yield url
    assert server.returncode == 0


def stop_edge(platform: Any, name: str) -> None:
    """The light host no longer has it: what a dead process of an edge looks like."""
    path = platform.path / ".edge-tasks" / "light.json"
    document = json.loads(path.read_text())
    document["edges"] = [edge for edge in document["edges"] if edge["name"] != name]
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(document))
    draft.replace(path)


def edge(page: Page, name: str) -> Any:
    return page.locator(f'.edge[data-name="{name}"]')


def secrets(platform: Any) -> set[str]:
    backend = (platform.path / "openems-edge").glob("config-edge*/Controller/Api/Backend/*.config")
    keys = {re.findall('apikey="(.*)"', path.read_text())[0] for path in backend}
    passwords = {path.read_text().split(":")[-1].split()[-1] for path in _credentials(platform)}
    return keys | passwords


def _credentials(platform: Any) -> list[Path]:
    return [platform.path / ".edge-tasks" / name for name in ("pgpass", "netrc")]


def test_a_stopped_edge_turns_red_and_says_what_to_type_and_comes_back(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "3").returncode == 0
    with served(platform) as url, tab(url) as page:
        expect(edge(page, "edge1")).to_have_class("edge is-online")
        expect(page).to_have_title("3 online · edge-tasks")
        expect(page.locator("#sum-online")).to_have_text("Online3of 3: all are online")
        stop_edge(platform, "edge1")
        expect(edge(page, "edge1")).to_have_class("edge is-offline")
        expect(page.locator("#ill")).to_contain_text("its process does not run → inv up")
        expect(page.locator("#sum-online")).to_have_text("Online2of 3; 1 not online")
        expect(page.locator("#said")).to_contain_text("edge1 is offline")
        expect(edge(page, "edge1")).to_contain_text("\N{EN DASH}")
        assert violations(page) == {}
        mended = platform.inv("up")
        assert mended.returncode == 0, f"the page must not hold the lock: {mended.stdout}"
        expect(edge(page, "edge1")).to_have_class("edge is-online")
        expect(page.locator("#ill")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_edge_shows_its_components_without_its_key_in_both_schemes(platform: Any, scheme: str) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    with served(platform) as url, tab(url, color_scheme=scheme) as page:
        told: list[str] = []
        answers: list[Any] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks its handlers
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text))))
        page.reload()
        expect(edge(page, "edge1")).to_be_visible()
        edge(page, "edge1").click()
        backend = page.locator('#components details[data-id="ctrlBackend0"]')
        expect(page.locator("#panel-title")).to_be_focused()
        backend.locator("summary").click()
        expect(backend.locator("tr", has_text="apikey")).to_contain_text("•••")
        expect(page.locator("#power canvas")).to_be_visible()
        expect(page.locator("#power .u-legend")).to_contain_text("PV5,000 W")
        expect(page.locator("#heard")).to_contain_text("The backend has noted no message from it yet")
        assert violations(page) == {}
        page.wait_for_timeout(1500)
        details = [answer.text() for answer in answers if "/edges/edge1" in answer.url]
        shown = "".join([page.content(), *told, *details])
        assert details
        assert told
        assert not [secret for secret in secrets(platform) if secret in shown]


def test_many_edges_are_searched_and_walked_by_keyboard(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "80").returncode == 0
    with served(platform) as url, tab(url) as page:
        expect(page.locator("#fleet.cells .edge.is-online")).to_have_count(80)
        assert violations(page) == {}
        page.keyboard.press("/")
        page.keyboard.type("edge79")
        expect(page.locator("#fleet .edge")).to_have_count(1)
        expect(page.locator("#found")).to_have_text("1 of 80 edges")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Backspace")
        expect(page.locator("#fleet .edge")).to_have_count(80)
        page.keyboard.press("ArrowDown")
        expect(edge(page, "edge0")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        expect(edge(page, "edge78")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text("edge78")
        page.keyboard.press("Escape")
        expect(page.locator("#panel-title")).to_have_text("Whole fleet")
        expect(edge(page, "edge78")).to_be_focused()


def test_a_phone_scrolls_in_one_direction_only(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "3").returncode == 0
    with served(platform) as url, tab(url, viewport={"width": 360, "height": 740}) as page:
        expect(edge(page, "edge2")).to_be_visible()
        edge(page, "edge2").click()
        expect(page.locator('#components details[data-id="meter0"]')).to_be_visible()
        assert page.locator("html").evaluate("node => node.scrollWidth") <= 360
        assert violations(page) == {}


def test_a_fleet_that_is_down_is_no_old_figures(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    with served(platform) as url, tab(url) as page:
        expect(edge(page, "edge0")).to_contain_text("5,000 W")
        assert platform.inv("down").returncode == 0
        expect(page.locator("#problem")).to_contain_text("the fleet is down → inv up")
        expect(edge(page, "edge0")).to_have_class("edge is-unknown")
        expect(edge(page, "edge0")).not_to_contain_text("5,000 W")
        expect(page.locator("#sums-of")).to_have_text("No edge reports any value.")


def test_a_page_whose_server_is_gone_says_so(platform: Any) -> None:
    assert platform.inv("setup", "--edges", "1").returncode == 0
    with sync_playwright() as playwright:
        assert CHROMIUM, "CI has no chromium"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        with served(platform) as url:
            page.goto(url)
            expect(edge(page, "edge0")).to_have_class("edge is-online")
        expect(page.locator("#problem")).to_contain_text("No connection to the page's server")
        expect(page.locator("body")).to_have_class(re.compile(r"\blost\b"))
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_draws_its_charts_from_the_one_file_on_a_desk_and_on_a_phone(
    platform: Any, tmp_path: Path, scheme: str
) -> None:
    assert platform.inv("setup", "--edges", "2").returncode == 0
    path = tmp_path / "run.html"
    assert platform.inv("report", "--seconds", "2", "--output", str(path)).returncode == 0
    with tab(path.as_uri(), color_scheme=scheme) as page:
        for viewport in (DESKTOP, PHONE):
            page.set_viewport_size(viewport)
            for chart in ("arrivals", "power", "charge"):
                expect(page.locator(f"#{chart} canvas")).to_be_visible()
            assert overflow(page) == 0
            assert violations(page) == {}
        table = page.get_by_role("region", name="Each edge")
        assert table.evaluate("node => node.scrollWidth > node.clientWidth"), "the wide table scrolls by itself"


def test_a_year_of_energy_is_what_the_backend_answers_for_fleet_edge_and_household(platform: Any) -> None:
    today = datetime.now(timezone.utc).date()
    last = today.replace(day=1) - timedelta(1)
    begin = last.replace(day=11)
    assert platform.inv("setup", "--edges", "3", "--meters", "2").returncode == 0
    written = platform.inv("backfill", "--from", begin.isoformat(), "--every", "15m")
    assert written.returncode == 0, written.stdout
    span = (begin.isoformat(), last.isoformat())
    with served(platform) as url, tab(url) as page:
        page.locator("#energy summary").click()
        expect(page.locator("#energy-year .bar")).to_have_count(2)
        expect(page.locator("#energy-year .gap")).to_have_count(10)
        page.locator("#energy-month").select_option(f"{last:%Y-%m}")
        # of the first day, too, the backend answers nothing: no reading is before it
        expect(page.locator("#energy-days .gap")).to_have_count(11)
        used = [
            platform.client.periods(name, span, [CONSUMED])[1][CONSUMED] for name in ("edge0", "edge1", "edge2")
        ]
        expect(page.locator("#energy-days [role=listitem]").nth(last.day - 1)).to_have_attribute(
            "aria-label", f"{last.day}: {sum(days[-1] for days in used):,} Wh"
        )
        edge(page, "edge1").click()
        page.locator("#energy-what").select_option("meter:meter4")
        billed = platform.client.periods("edge1", span, [HOUSEHOLD])[1][HOUSEHOLD]
        expect(page.locator("#energy-days [role=listitem]").nth(last.day - 1)).to_have_attribute(
            "aria-label", f"{last.day}: {billed[-1]:,} Wh"
        )
        assert violations(page) == {}
