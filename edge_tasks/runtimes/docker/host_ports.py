"""Ports of the host that lead into the platform: those of our override, and free ones for what is new."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import ports
from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout.compose_file import published_ports
from edge_tasks.checkout.override import is_ours
from edge_tasks.checkout.roles import ODOO_PORT, POSTGRES_PORT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from edge_tasks.runtimes.docker.stack import Stack

HOST: Final = "127.0.0.1"
_PREFERRED: Final = {"database": 15432, "rest": 8075, "odoo": 18069, "edges": 18081, "history": 18086}
_END: Final = 65_535


class ReachedPorts:
    """The ports by which a platform is reached over loopback, each with a word for what it leads to."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    @cached_property
    def inside(self) -> dict[str, tuple[str, int]]:
        """What we reach: a word → (service, port inside)."""
        stack = self._stack
        services, rest = stack.services, stack.wiring.rest_port
        opens_history = stack.context.state.record.entries().get("history_open")
        of_odoo = {"database": (services.database, POSTGRES_PORT), "odoo": (services.odoo, ODOO_PORT)}
        return {
            **(of_odoo if services.odoo else {}),
            "edges": (services.door, stack.edge_port),
            **({"rest": (services.backend, rest)} if rest is not None else {}),
            **({"history": target} if opens_history and (target := stack.influxdb) else {}),
        }

    @cached_property
    def found(self) -> dict[str, int]:
        """The ports by word: the platform's own, else what our override says, else free ones."""
        ours = self.of_override()
        found = {word: self._own(word) or ours.get(target, 0) for word, target in self.inside.items()}
        offset = self._stack.context.fleet.port_offset
        wanted_by_platform = {port + offset for port in self._stack.project.host_ports()}
        return completed(found, {*wanted_by_platform, self._stack.light_options.metrics_port}, offset)

    @property
    def added(self) -> dict[str, int]:
        """The ports that the platform does not publish by itself."""
        return {word: port for word, port in self.found.items() if self._own(word) is None}

    def of_override(self) -> dict[tuple[str, int], int]:
        """The ports in the present override, without those taken by others while our containers were away."""

        def find_held() -> set[int]:  # also by paused containers
            return {port for container in self._stack.containers() for port in container.host_ports}

        return ports_of_override(self._stack.context.override, find_held)

    def _own(self, word: str) -> int | None:
        port = self._stack.project.published(*self.inside[word])
        return None if port is None else port + self._stack.context.fleet.port_offset


def ports_of_override(path: Path, find_held: Callable[[], Collection[int]]) -> dict[tuple[str, int], int]:
    """What an override of ours publishes: service and port inside → port of the host.

    Args:
        path: of the override, which may not be there.
        find_held: the ports that our own containers hold. One that somebody else took meanwhile is left out.
    """
    if not path.is_file() or not is_ours(read_utf8(path)):
        return {}
    said, held = published_ports(read_utf8(path)), find_held()
    return {target: port for target, port in said.items() if port in held or ports.is_free(port, HOST)}


def completed(found: Mapping[str, int], avoid: Collection[int], offset: int) -> dict[str, int]:
    """A port for each word: the one that is known, or for 0 the first one that is free.

    Args:
        found: word → port.
        avoid: ports that are wanted for something else.
        offset: of the fleet.
    """
    complete = {word: port for word, port in found.items() if port}
    for word in found.keys() - complete.keys():
        candidates = range(_PREFERRED[word] + offset, _END)
        taken = {*avoid, *complete.values()}
        complete[word] = next(port for port in candidates if port not in taken and ports.is_free(port, HOST))
    return complete
