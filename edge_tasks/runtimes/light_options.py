"""How light edges run: in how many processes, how fast they connect, and where their metrics are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import machine
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

_EDGES_A_PROCESS: Final = 2500
"""A process with this many edges is busy for a quarter of the time, and with four times as many all the time."""


@dataclass(frozen=True)
class LightOptions:
    """How light edges run.

    Attributes:
        processes: in how many processes; 0 for as many as are useful.
        cores: of this machine.
        connect_rate: the most connects a second.
        reconnect: ``quick`` or ``openems``.
        metrics_port: where metrics are served, the fleet's offset included; 0 for nowhere.
        metrics_host: on which address, as the host sees it.
        version: the release of OpenEMS that the edges say they are.
    """

    processes: int
    cores: int
    connect_rate: int
    reconnect: str
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    version: str = DEFAULT.since

    @classmethod
    def of(cls, choices: Mapping[str, str | int], offset: int) -> LightOptions:
        """The options as the settings have them, on this machine, for a fleet with this port offset."""
        metrics_port = int(choices["metrics_port"])
        return cls(
            processes=int(choices["light_processes"]),
            cores=machine.cores(),
            connect_rate=int(choices["connect_rate"]),
            reconnect=str(choices["reconnect"]),
            metrics_port=metrics_port + offset if metrics_port else 0,
        )

    @property
    def metrics(self) -> dict[str, int | str]:
        """The members of the fleet file about metrics; none without a port."""
        return {"metrics_port": self.metrics_port, "metrics_host": self.metrics_host} if self.metrics_port else {}

    def shares(self, edges: int) -> dict[str, int]:
        """The members of the fleet file about processes: how many, and how many edges in a row belong to one.

        A fleet that grows leaves every edge in its process.
        """
        if self.processes:
            return {"processes": self.processes, "block": 1}
        useful = -(-edges // _EDGES_A_PROCESS)
        return {"processes": max(1, min(self.cores, useful)), "block": _EDGES_A_PROCESS}
