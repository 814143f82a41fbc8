"""The page in a real Chromium, with edges that a test moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import needs_chromium, overflow, violations
from tests.moved_fleet import DESKTOP, ILL, PHONE, MovedFleet, shown

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

pytestmark = needs_chromium


def edge(page: Page, name: str) -> Any:
    return page.locator(f'.edge[data-name="{name}"]')


def test_the_lamp_is_green_only_while_every_edge_is_online_by_an_answer_that_came() -> None:
    fleet = MovedFleet(3)
    with shown(fleet) as page:
        lamp = page.locator("#asked")
        expect(lamp).to_have_class("pill lamp-well")
        expect(lamp).to_contain_text("all online · asked")
        fleet.rows["edge1"] = ILL
        expect(lamp).to_have_class("pill lamp-ill")
        expect(lamp).to_contain_text("not all online")
        fleet.fail()
        expect(lamp).to_have_class("pill lamp-unasked")
        expect(lamp).to_contain_text("no answer · tried")
        green = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--online')")
        assert green not in page.evaluate("getComputedStyle(document.getElementById('asked'), '::before').color")
        assert violations(page) == {}


def test_edges_of_which_nothing_is_known_are_not_said_to_be_offline() -> None:
    fleet = MovedFleet(3)
    with shown(fleet) as page:
        fleet.fail()
        expect(page.locator("#sum-online")).to_have_text("Online\N{EN DASH}of 3: it is not known")
        expect(page.locator("#problem")).to_contain_text("the backend does not answer → inv up")
        expect(page.locator("#ill")).to_be_hidden()
        expect(page).to_have_title("3 not known · edge-tasks")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_a_fleet_of_none_is_neither_well_nor_full_of_dashes(viewport: ViewportSize) -> None:
    with shown(MovedFleet(0), viewport=viewport) as page:
        expect(page.locator("#none")).to_have_text("There are no edges here.")
        expect(page.locator("#asked")).to_contain_text("no edges")
        for part in ("#sums", ".tools", "#panel"):
            expect(page.locator(part)).to_be_hidden()
        expect(page).to_have_title("no edges · edge-tasks")
        assert violations(page) == {}


def test_before_the_first_look_is_finished_nothing_is_said_of_the_edges() -> None:
    fleet = MovedFleet(3)
    fleet.answers.clear()
    with shown(fleet) as page:
        expect(page.locator("#asked")).to_have_text("asking")
        expect(page.locator("#none")).to_have_text("The edges are being asked for …")
        expect(page).to_have_title("edge-tasks")
        fleet.answers.set()
        expect(page.locator("#asked")).to_have_class("pill lamp-well")
        expect(page.locator("#none")).to_be_hidden()
        expect(page).to_have_title("3 online · edge-tasks")


def test_enter_opens_the_first_edge_that_the_search_finds() -> None:
    with shown(MovedFleet(200)) as page:
        page.keyboard.press("/")
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text("Whole fleet")
        page.keyboard.type("17")
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text("edge17")
        expect(page.locator("#panel-title")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cells_have_numbers_and_marks_that_can_be_read(scheme: str) -> None:
    fleet = MovedFleet(100)
    fleet.rows["edge7"] = ILL
    with shown(fleet, color_scheme=scheme) as page:
        expect(edge(page, "edge42")).to_have_text("42\N{MINUS SIGN}4,499 W")
        expect(edge(page, "edge7")).to_have_text("✕7\N{EN DASH}")
        assert violations(page) == {}
        page.set_viewport_size(PHONE)
        expect(edge(page, "edge42")).to_have_text("42")
        assert overflow(page) == 0
        assert violations(page) == {}


def test_battery_and_state_of_charge_have_colours_of_their_own() -> None:
    with shown(MovedFleet(2)) as page:
        keys = ("grid", "pv", "consumption", "battery", "soc")
        colour = "node => getComputedStyle(node).borderTopColor"
        tops = [page.locator(f"#sum-figures .of-{key}").evaluate(colour) for key in keys]
        assert len(set(tops)) == len(keys)
        bar = edge(page, "edge0").locator(".bar i").evaluate("node => getComputedStyle(node).backgroundColor")
        assert bar == tops[-1]


def test_few_edges_leave_the_whole_width_to_the_charts_and_many_do_not() -> None:
    width = "node => node.getBoundingClientRect().width / document.body.clientWidth"
    for edges, is_wide in ((3, True), (50, False)):
        with shown(MovedFleet(edges)) as page:
            assert (page.locator("#panel").evaluate(width) > 0.9) is is_wide
            assert overflow(page) == 0


def test_an_edge_names_only_the_directory_and_the_ports_that_it_has() -> None:
    fleet = MovedFleet(1)
    with shown(fleet) as page:
        edge(page, "edge0").click()
        expect(page.locator("#components")).to_contain_text("it needs no config directory")
        fleet.details = {"directory": "/p/config-edge0", "ports": {"console": 8080, "websocket": 8085}}
        page.reload()
        expect(page.locator("#components")).to_contain_text("config directory/p/config-edge0")
        expect(page.locator("#components")).to_contain_text("host ports8080 console, 8085 websocket")


def test_edges_on_several_nodes_name_theirs_and_are_found_by_it() -> None:
    fleet = MovedFleet(3)
    fleet.rows["edge1"] = replace(fleet.rows["edge1"], node="red")
    with shown(fleet) as page:
        expect(page.locator("#nodes")).to_have_text("Edges by node: red 1.")
        expect(edge(page, "edge1").locator(".where")).to_have_text("red")
        page.locator("#search").fill("red")
        expect(page.locator(".edge")).to_have_count(1)
        edge(page, "edge1").click()
        expect(page.locator("#panel-state")).to_contain_text("online on red: the backend says")
        fleet.rows["edge1"] = replace(fleet.rows["edge1"], node="green")
        expect(page.locator("#panel-state")).to_contain_text("online on green")
        assert violations(page) == {}
