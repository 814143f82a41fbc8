"""``python -m edge_tasks.light FLEET_FILE [PART]``: run light edges until told to stop; see :mod:`.host`.

With a part's number it is a process of a :mod:`.supervisor`, and ends when its standard input does.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks import ahead
from edge_tasks.light.host import fleet_file
from edge_tasks.light.host.fleet_file import FleetFileError
from edge_tasks.light.host.supervisor import Supervisor, start_part

if TYPE_CHECKING:
    from types import ModuleType

_MOST_ARGUMENTS = 2


def main(arguments: list[str]) -> int:
    """Run a fleet; the exit status: 0 after a clean end, 2 without a usable fleet file."""
    if not arguments or len(arguments) > _MOST_ARGUMENTS or not all(map(str.isdecimal, arguments[1:])):
        sys.stderr.write("usage: python -m edge_tasks.light FLEET_FILE [PART]\n")
        return 2
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        _run(Path(arguments[0]), int(arguments[1]) if len(arguments) == _MOST_ARGUMENTS else None)
    except (OSError, FleetFileError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _run(path: Path, part: int | None) -> None:
    is_ahead = ahead.is_ahead()
    first = start_part(path, 0, is_ahead=True) if is_ahead and part is None else None
    host = None if part is None else _host()
    if is_ahead and not ahead.is_told():
        return
    stamp = fleet_file.stamp(path)
    fleet = fleet_file.load(path)
    if part is None and fleet.processes:
        Supervisor(path, fleet, stamp, first).run()
        return
    if first is not None:
        first.communicate()  # it ends with its standard input
    import asyncio  # noqa: PLC0415 - a supervisor needs none

    host = host or _host()
    host.raise_file_limit()
    asyncio.run(host.serve(path, part))


def _host() -> ModuleType:
    from edge_tasks.light.host import host  # noqa: PLC0415 - a supervisor needs no websockets: 20 MB

    logging.getLogger("picows").setLevel(logging.WARNING)  # it has a line for each connection, as we have
    return host


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
