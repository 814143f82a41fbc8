"""How much room is left where the container of an InfluxDB has its data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from edge_tasks.adapters.docker import Docker

_SHOW: Final = 'df -Pk "${INFLUXDB_DATA_DIR:-/var/lib/influxdb2}" || df -Pk /var/lib/influxdb || df -Pk /'
"""The folders of the official images of InfluxDB 2 and 1. That of 1 has no folder of the other name."""
_AVAILABLE: Final = re.compile(r"\s([0-9]+)\s+[0-9]+%\s")


@dataclass(frozen=True)
class InfluxDbDisk:
    """The disk of a container, which must run. It is asked inside, as its volume may lie on another machine.

    Attributes:
        docker: by which it is asked.
        container: its id.
    """

    docker: Docker
    container: str

    def free(self) -> int | None:
        """How many bytes can still be written; None if the container has no ``df``, or does not run."""
        try:
            said = self.docker.ask("exec", self.container, "sh", "-c", _SHOW)
        except CommandFailed:
            return None
        found = _AVAILABLE.findall(said)
        return int(found[-1]) * 1024 if found else None
