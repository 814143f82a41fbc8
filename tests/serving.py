"""Applications that are served from a thread, while a test or a benchmark looks at them."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from tests.waiting import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """The address at which an application is served meanwhile."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return int(runner.addresses[0][1])

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{asyncio.run_coroutine_threadsafe(start(), loop).result(LONG_S)}/"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(LONG_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
