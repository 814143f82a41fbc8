"""``python -m edge_tasks.backend.edge_app CONFIG_FILE``: run the stand-in's second program until SIGTERM.

Exit status: 0 after a signal, 2 for a bad configuration, 3 for a port that is taken.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from edge_tasks.backend.edge_app.config_file import read_config
from edge_tasks.backend.edge_app.edge_app import EdgeApp
from edge_tasks.backend.program import bind, run, unless
from edge_tasks.backend.stand_in import LOG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.backend.edge_app.config_file import Config


def main(arguments: Sequence[str]) -> int:
    """Run the program; return its exit status."""
    return run("edge_tasks.backend.edge_app", arguments, read_config, _run)


async def _run(config: Config, stopped: asyncio.Event) -> None:
    bind(config.host, config.edge_port).close()  # who has the port is found out now, not when it is opened
    LOG.info("This is edge-tasks' stand-in for an OpenEMS Backend Edge, not OpenEMS: edges %d", config.edge_port)
    app = EdgeApp(config)
    ever = (app.report_for_ever(), app.lines.ping_for_ever(config.ping_seconds))
    work = [asyncio.ensure_future(task) for task in ever]
    try:
        await unless(stopped, app.dial_for_ever())
    finally:
        for task in work:
            task.cancel()
        await app.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
