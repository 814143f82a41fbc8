"""``python -m edge_tasks.light.nodes keep FOLDER PROGRAM``: be the keeper; with ``run`` instead: be a task.

A task's environment: ``KEEPER`` is the keeper's host and port, ``TOKEN_FILE`` has its token, ``SLOT`` its number
from 1, ``TASK`` an id of it, ``NODE`` is where it runs, and its files are in ``FOLDER``.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from edge_tasks.light.nodes import keeper_server
from edge_tasks.light.nodes.keeper_client import KeeperClient
from edge_tasks.light.nodes.task import Task

_USAGE = "usage: python -m edge_tasks.light.nodes keep FOLDER PROGRAM | run\n"


def main(arguments: list[str]) -> int:
    """Be a keeper or a task; the exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if arguments == ["run"]:
        return _task().run()
    if len(arguments) == 3 and arguments[0] == "keep":  # noqa: PLR2004 - as the usage says
        keeper_server.serve(Path(arguments[1]), Path(arguments[2]))
        return 0
    sys.stderr.write(_USAGE)
    return 2


def _task() -> Task:
    told = os.environ
    token = Path(told["TOKEN_FILE"]).read_text(encoding="ascii").strip()
    host, _, port = told["KEEPER"].rpartition(":")
    client = KeeperClient(host, int(port), token, told["TASK"], told["NODE"])
    return Task(client, int(told["SLOT"]) - 1, Path(told["FOLDER"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
