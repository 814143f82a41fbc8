"""``python -m edge_tasks.light FLEET_FILE``: run light edges until told to stop; see :mod:`.host`."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from edge_tasks.light import host
from edge_tasks.light.fleet_file import FleetFileError


def main(arguments: list[str]) -> int:
    """Run a fleet; the exit status: 0 after a clean end, 2 without a usable fleet file."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m edge_tasks.light FLEET_FILE\n")
        return 2
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("picows").setLevel(logging.WARNING)  # it has a line for each connection, as we have
    host.raise_file_limit()
    try:
        asyncio.run(host.serve(Path(arguments[0])))
    except (OSError, FleetFileError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
