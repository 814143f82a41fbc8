"""The page's energies in a real Chromium, of a fleet whose answers a test gives."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from edge_tasks.page.energies import Asked, Scope
from edge_tasks.page.energy import KINDS
from tests.browser import needs_chromium, overflow, violations
from tests.moved_fleet import DESKTOP, PHONE, MovedFleet, shown
from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Page, ViewportSize

    from edge_tasks.proof.energies import Days

pytestmark = needs_chromium
CHANNELS = {kind: channel for kind, (_, channel) in KINDS.items()}


class Metered:
    """Edges that use 10 kWh a day, 5 kWh of it in a household; nothing is known of the first half of a month."""

    def __init__(self, edges: int, groups: Sequence[str] = ()) -> None:
        self.names, self.groups = [f"edge{index}" for index in range(edges)], groups
        self.may_answer = threading.Event()
        self.may_answer.set()

    def scope(self, asked: Asked) -> Scope | None:
        if asked.meter:
            household = {"consumption": "meter3/ActiveConsumptionEnergy"}
            return Scope({asked.edge: "UTC"}, household, [("meter3", "Household 1")])
        if asked.edge:
            return Scope({asked.edge: "UTC"}, CHANNELS, [("meter3", "Household 1")])
        names = self.names[: 2 if asked.group else None]
        return Scope(dict.fromkeys(names, "UTC"), CHANNELS, groups=self.groups)

    def days(self, _edge: str, channels: Sequence[str], days: Days) -> Mapping[str, list[int | None]]:
        self.may_answer.wait(LONG_S)
        wh = {channel: 10_000 if channel.startswith("_sum") else 5_000 for channel in channels}
        return {channel: [None if day.day <= 15 else wh[channel] for day in days.each] for channel in channels}


def last_month() -> tuple[str, str]:
    """Its name and its title."""
    found = datetime.now(timezone.utc).date().replace(day=1) - timedelta(1)
    return f"{found:%Y-%m}", f"{found:%B %Y}"


def opened(page: Page) -> Any:
    page.locator("#energy summary").click()
    return page.locator("#energy-charts")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_year_is_twelve_bars_and_a_month_shows_days_without_an_answer_as_gaps(
    viewport: ViewportSize, scheme: str
) -> None:
    with shown(MovedFleet(3), Metered(3), viewport=viewport, color_scheme=scheme) as page:
        expect(opened(page)).to_be_visible()
        expect(page.locator("#energy-year [role=listitem]")).to_have_count(12)
        name, title = last_month()
        page.locator("#energy-month").select_option(label=title)
        expect(page.locator("#energy-month")).to_have_value(name)
        days = page.locator("#energy-days [role=listitem]")
        expect(days.nth(14)).to_have_attribute("aria-label", "15: no reading")
        expect(days.nth(15)).to_have_attribute("aria-label", "16: 30,000 Wh")
        expect(page.locator("#energy-days .gap")).to_have_count(15)
        expect(page.locator("#energy-days-told")).to_contain_text("15 days without an answer.")
        assert overflow(page) == 0
        assert violations(page) == {}


def test_a_click_on_a_month_shows_its_days() -> None:
    with shown(MovedFleet(1), Metered(1)) as page:
        expect(opened(page)).to_be_visible()
        page.locator("#energy-year [role=listitem]").nth(10).click()
        expect(page.locator("#energy-month")).to_have_value(last_month()[0])


def test_an_edge_and_its_household_have_energies_of_their_own() -> None:
    with shown(MovedFleet(2), Metered(2)) as page:
        opened(page)
        page.locator('.edge[data-name="edge1"]').click()
        page.locator("#energy-month").select_option(last_month()[0])
        days = page.locator("#energy-days [role=listitem]")
        expect(days.nth(20)).to_have_attribute("aria-label", "21: 10,000 Wh")
        page.locator("#energy-what").select_option(label="Household 1 (meter3)")
        expect(days.nth(20)).to_have_attribute("aria-label", "21: 5,000 Wh")
        page.keyboard.press("Escape")
        expect(days.nth(20)).to_have_attribute("aria-label", "21: 20,000 Wh")


def test_a_large_fleet_says_how_many_edges_have_been_asked_and_groups_can_be_chosen() -> None:
    source = Metered(1000, ["village", "town"])
    source.may_answer.clear()
    with shown(MovedFleet(1000), source) as page:
        charts = opened(page)
        expect(page.locator("#energy-told")).to_have_text("asking 0 of 1,000 edges")
        expect(charts).to_be_hidden()
        source.may_answer.set()
        expect(charts).to_be_visible()
        expect(page.locator("#energy-told")).to_have_text("")
        page.locator("#energy-month").select_option(last_month()[0])
        days = page.locator("#energy-days [role=listitem]")
        expect(days.nth(20)).to_have_attribute("aria-label", "21: 10,000,000 Wh")
        page.locator("#energy-group").select_option("village")
        expect(days.nth(20)).to_have_attribute("aria-label", "21: 20,000 Wh")
