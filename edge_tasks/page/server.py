"""The page's HTTP server: static files, a websocket with what changed, edges and energies as JSON."""

from __future__ import annotations

import asyncio
import errno
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web

from edge_tasks.errors import FleetError, MissingTool
from edge_tasks.page import guard
from edge_tasks.page.energies import Asked, Energies
from edge_tasks.page.feed import EVERY_S, Feed
from edge_tasks.page.snapshot import news, whole
from edge_tasks.page.static_files import STATIC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from edge_tasks.page.energies import EnergySource
    from edge_tasks.page.feed import Source
    from edge_tasks.page.snapshot import Snapshot

HOST: Final = "127.0.0.1"
_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain",
}
_FEED: Final = web.AppKey("feed", Feed)
_WORDED: Final[web.AppKey[Callable[[str], str]]] = web.AppKey("worded")
_ENERGIES: Final = web.AppKey("energies", Energies)
_SOCKETS: Final = web.AppKey("sockets", set[web.WebSocketResponse])


def page_app(
    source: Source, energies: EnergySource, every_s: float = EVERY_S, worded: Callable[[str], str] = str
) -> web.Application:
    """The application; it looks at the fleet as long as it runs.

    Args:
        source: where looks come from.
        energies: where energies come from.
        every_s: seconds from one look to the next.
        worded: a text with ``inv TASK`` in it → the same with what people type here.
    """
    app = web.Application(middlewares=[_guarded])
    app[_WORDED] = worded
    app[_FEED] = Feed(source, every_s)
    app[_ENERGIES] = Energies(energies)
    app[_SOCKETS] = set()
    files = {path.name: worded(path.read_text("utf-8")) for path in STATIC.iterdir() if path.suffix in _TYPES}
    for name, content in files.items():
        app.router.add_get("/" if name == "index.html" else f"/static/{name}", _file(name, content))
    app.router.add_get("/feed", _feed)
    app.router.add_get("/edges/{name}", _edge)
    app.router.add_get("/energies", _energies)
    app.cleanup_ctx.append(_looking)
    app.on_shutdown.append(_hang_up)
    app.on_cleanup.append(_ask_no_more)
    return app


async def serve(app: web.Application, port: int, seconds: int, said: Callable[[str], None]) -> None:
    """Serve until SIGINT, SIGTERM or, when ``seconds`` is not 0, until they are over.

    Raises:
        MissingTool: the port is taken, or may not be opened.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = await _listening(runner, port)
        said(f"the page is at http://{HOST}:{site}/  (Ctrl-C ends it; the fleet keeps running)")
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds or None)
    finally:
        await runner.cleanup()


async def _listening(runner: web.AppRunner, port: int) -> int:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        raise port_refused(error, port) from None
    return int(runner.addresses[0][1])


def port_refused(error: OSError, port: int) -> MissingTool:
    """Why the page has no port."""
    if error.errno == errno.EADDRINUSE:
        return MissingTool(
            f"port {port} is taken", hint="the page may already be served there; --port 0 takes any free port"
        )
    if error.errno == errno.EACCES:
        return MissingTool(
            f"you may not open port {port}", hint="type a port from 1024 on; --port 0 takes any free port"
        )
    return MissingTool(
        f"port {port} cannot be opened: {error.strerror or error}", hint="--port 0 takes any free port"
    )


@web.middleware
async def _guarded(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if why := guard.refusal(request.headers):
        response: web.StreamResponse = web.Response(status=403, text=f"{why}\n")
    else:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
    if not response.prepared:
        response.headers.update(guard.HEADERS)
    return response


def _file(name: str, content: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_request: web.Request) -> web.StreamResponse:
        response = web.Response(text=content, content_type=_TYPES[Path(name).suffix], charset="utf-8")
        response.enable_compression()
        return response

    return answer


async def _feed(request: web.Request) -> web.StreamResponse:
    """All of it, then what changed, coalesced to the pace at which the browser takes it."""
    socket = web.WebSocketResponse(heartbeat=10)
    await socket.prepare(request)
    request.app[_SOCKETS].add(socket)
    telling = asyncio.create_task(_tell(socket, request.app[_FEED], request.app[_WORDED]))
    try:
        async for _ in socket:  # a page says nothing; this waits for its end
            pass
    finally:
        telling.cancel()
        request.app[_SOCKETS].discard(socket)
        with suppress(asyncio.CancelledError, ConnectionError):
            await telling
    return socket


async def _tell(socket: web.WebSocketResponse, feed: Feed, worded: Callable[[str], str]) -> None:
    known: Snapshot | None = None
    while True:
        newest = await feed.newer(known)
        if known is None:
            document: dict[str, Any] = {**whole(newest), "history": feed.history.fleet.columns}
        else:
            document = news(known, newest)
        await socket.send_str(worded(orjson.dumps(document).decode()))
        known = newest


async def _edge(request: web.Request) -> web.StreamResponse:
    feed = request.app[_FEED]
    name = request.match_info["name"]
    found = await asyncio.to_thread(feed.source.edge, name)
    if found is None:
        raise web.HTTPNotFound(reason="no such edge in the fleet")
    return _json({**found, "history": feed.history.edge(name)})


async def _energies(request: web.Request) -> web.StreamResponse:
    asked = Asked(*(request.query.get(name, "") for name in Asked._fields))
    kind, month = request.query.get("kind", ""), request.query.get("month", "")
    try:
        found = await request.app[_ENERGIES].read(asked, kind, month)
    except FleetError as error:
        found = {"problem": error.message, "hint": error.hint}
    if found is None:
        raise web.HTTPNotFound(reason="no such group, edge or meter in the fleet")
    return _json({**found, "hint": request.app[_WORDED](found["hint"])})


def _json(document: dict[str, Any]) -> web.Response:
    response = web.Response(body=orjson.dumps(document), content_type="application/json")
    response.enable_compression()
    return response


async def _looking(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[_FEED].run())
    task.add_done_callback(_end_server_on_failure)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _end_server_on_failure(task: asyncio.Task[None]) -> None:
    """An unforeseen failure of a look ends the server, because a page without news would be wrong."""
    if not task.cancelled() and task.exception() is not None:
        signal.raise_signal(signal.SIGTERM)


async def _ask_no_more(app: web.Application) -> None:
    app[_ENERGIES].close()


async def _hang_up(app: web.Application) -> None:
    sockets = app[_SOCKETS].copy()
    for socket in sockets:
        await socket.close()
