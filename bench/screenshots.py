"""The pictures of the page in docs/images: real fleets, one edge of each ill, and the tutorial's year."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.inv import ROOT, inv, last_used_kept, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

IMAGES = ROOT / "docs" / "images"
OFFSET = "21000"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DESKTOP, PHONE = (1360, 850), (390, 844)
PICTURES: dict[int, dict[str, tuple[tuple[int, int], str, str]]] = {
    3: {"page-3-edges": (DESKTOP, "light", "#edge1"), "page-phone": (PHONE, "dark", "")},
    50: {"page-50-edges": (DESKTOP, "light", "")},
    1000: {"page-1000-edges": (DESKTOP, "dark", ""), "page-1000-edges-ill": (DESKTOP, "light", "#edge417")},
}
"""By the number of edges: name → size, colour scheme, place on the page."""
ILL = {3: "edge1", 50: "edge17", 1000: "edge417"}


def invoke(home: Path, *arguments: str) -> None:
    """Run ``inv`` on the platform of the pictures."""
    where = ("--platform", str(home / "platform"), "--port-offset", OFFSET, "--runtime", "embedded")
    subprocess.run(inv(*arguments, *where), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def fleet(*options: str) -> Iterator[Path]:
    """A running fleet in a home of its own; everything is removed afterwards."""
    with last_used_kept(), tempfile.TemporaryDirectory() as name:
        home = Path(name)
        shutil.copytree(ROOT / "templates" / "platform", home / "platform")
        try:
            invoke(home, "setup", *options)
            yield home
        finally:
            invoke(home, "down", "--purge")


@contextmanager
def page(home: Path) -> Iterator[str]:
    """The page's address."""
    command = inv("dashboard", "--port", "0", "--platform", str(home / "platform"), "--runtime", "embedded")
    with serving(command, {**os.environ, "HOME": str(home)}) as (url, _):
        yield url


def stop(home: Path, edge: str) -> None:
    """Take one edge away from the light host, as if its process had died."""
    path = home / "platform" / ".edge-tasks" / "light.json"
    document = json.loads(path.read_text())
    document["edges"] = [entry for entry in document["edges"] if entry["name"] != edge]
    path.write_text(json.dumps(document))


def shoot(browser: Browser, url: str, name: str, picture: tuple[tuple[int, int], str, str], ill: str) -> None:
    """One picture, once the page shows the ill edge and has a few points in its charts."""
    (width, height), scheme, place = picture
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(url + place)
    tab.wait_for_selector(f'.edge.is-offline[data-name="{ill}"]', timeout=60_000)
    tab.wait_for_timeout(1500)
    IMAGES.mkdir(exist_ok=True)
    tab.screenshot(path=IMAGES / f"{name}.png")
    context.close()
    print(f"{name}.png  {(IMAGES / f'{name}.png').stat().st_size / 1000:.0f} kB")


def shoot_year(browser: Browser) -> None:
    """The tutorial's year of a household."""
    with fleet("--edges", "3", "--meters", "2", "--profile", "household", "--seed", "1") as home:
        invoke(home, "backfill", "--from", "2025-11-01")
        with page(home) as url:
            tab = browser.new_page(viewport={"width": 1000, "height": 850}, reduced_motion="reduce")
            tab.goto(f"{url}#edge1")
            tab.locator("#energy summary").click()
            tab.locator("#energy-what").select_option("meter:meter4")
            tab.locator("#energy-month").select_option("2026-01")
            tab.wait_for_timeout(1500)
            tab.locator("#energy").screenshot(path=IMAGES / "page-energy.png")


def main() -> None:
    """All of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shoot_year(browser)
        for edges, pictures in PICTURES.items():
            with fleet("--edges", str(edges)) as home, page(home) as url:
                waiting = browser.new_page()
                waiting.goto(url)
                waiting.wait_for_selector('body[data-updates="15"]', timeout=120_000)
                stop(home, ILL[edges])
                for name, picture in pictures.items():
                    shoot(browser, url, name, picture, ILL[edges])
                waiting.close()
        browser.close()


if __name__ == "__main__":
    main()
