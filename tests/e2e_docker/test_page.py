"""The page and the report of a fleet of containers: the same sources, the same words."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.inv import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_sees_a_stopped_container_and_the_report_has_it(platform: Any, tmp_path: Path) -> None:
    platform = platform.with_options("--project-name", "edgetaskspage", "--port-offset", "3000")
    try:
        assert "2 online" in platform.inv("setup", "--edges", "2")
        look(platform, tmp_path / "run.html")
    finally:
        platform.inv("down", "--purge")


def look(platform: Any, path: Path) -> None:
    with serving(platform.command("dashboard", "--port", "0")) as (url, _):
        asyncio.run(asyncio.wait_for(watch(url, platform), 120))
    platform.inv("report", "--seconds", "1", "--output", str(path))
    assert "1 online, 1 offline" in path.read_text()


async def watch(url: str, platform: Any) -> None:
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{url}feed") as feed:
        edges: dict[str, Any] = {}
        while [row[0] for row in edges.values()] != ["online", "online"]:
            edges |= (await feed.receive_json())["edges"]
        assert edges["edge0"][4][1] is not None
        async with client.get(f"{url}edges/edge0") as answer:
            details = await answer.json()
        assert {"meter0", "ctrlBackend0"} <= set(details["components"])
        key = re.findall('apikey="(.*)"', "".join(p.read_text() for p in platform.directory(0).rglob("*.config")))
        assert key
        assert key[0] not in str(details)
        await asyncio.to_thread(platform.docker, "stop", "-t", "1", platform.containers()["openems-edge-1"])
        while edges["edge1"][0] == "online":
            edges |= (await feed.receive_json())["edges"]
        assert edges["edge0"][0] == "online"
        assert edges["edge1"][2].startswith("inv ")
