"""``python -m edge_tasks.backend CONFIG_FILE``: run the stand-in backend until SIGTERM.

Exit status: 0 after a signal, 2 for a bad configuration, 3 for a port that is taken.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from aiohttp import web

from edge_tasks.backend.config_file import read_config
from edge_tasks.backend.edge_manager import manager_app
from edge_tasks.backend.edge_socket import serve_edges
from edge_tasks.backend.felix_console import console_app
from edge_tasks.backend.program import bind, opened, run, unless
from edge_tasks.backend.rest import rest_app
from edge_tasks.backend.stand_in import LOG, Backend
from edge_tasks.timedata.embedded.libpq import hide_variables

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from edge_tasks.backend.config_file import Config

_BACKLOG = 2048
_SHUTDOWN_SECONDS = 0.2


def main(arguments: Sequence[str]) -> int:
    """Run the backend; return its exit status."""
    hide_variables()
    return run("edge_tasks.backend", arguments, read_config, _run)


async def _run(config: Config, stopped: asyncio.Event) -> None:
    manager = config.manager_port
    sock = bind(config.host, config.edge_port if manager is None else manager)
    sockets = [bind(config.host, port) for port in (config.rest_port, config.console_port)]
    LOG.info(
        "This is edge-tasks' stand-in for an OpenEMS Backend, not OpenEMS: %s, JSON-RPC %d, console %d",
        f"edges {config.edge_port}" if manager is None else f"backend-edge {manager}",
        config.rest_port,
        config.console_port,
    )
    backend = Backend(config)
    sites = [*zip((rest_app(backend), console_app(backend)), sockets, strict=True)]
    if manager is not None:
        sites = [(manager_app(backend), sock), *sites]
    runners = {
        web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handler_cancellation=True): one
        for app, one in sites
    }
    try:
        if await unless(stopped, backend.activate()):
            await _serve(backend, None if manager is not None else sock, runners, stopped)
    finally:
        await backend.stop()
        await asyncio.gather(*(runner.cleanup() for runner in runners))
        for one in (sock, *sockets):
            one.close()


async def _serve(
    backend: Backend,
    for_edges: socket.socket | None,
    runners: Mapping[web.AppRunner, socket.socket],
    stopped: asyncio.Event,
) -> None:
    """Open the ports, the edges' first, because a client that gets an answer over REST may start edges."""
    edges = await opened(serve_edges(backend, for_edges)) if for_edges is not None else None
    for runner, sock in runners.items():
        await runner.setup()
        await opened(web.SockSite(runner, sock, backlog=_BACKLOG).start())
    ever = (
        backend.lines.ping_for_ever(backend.config.ping_seconds),
        *(backend.flush_for_ever(), backend.pulse_for_ever()),
        *(backend.history.live.write_for_ever(), backend.history.live.tidy_for_ever()),
    )
    work = [asyncio.ensure_future(task) for task in ever]
    await stopped.wait()
    for task in work:
        task.cancel()
    if edges is not None:
        edges.close()
    for runner in runners:
        for site in list(runner.sites):
            await site.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
