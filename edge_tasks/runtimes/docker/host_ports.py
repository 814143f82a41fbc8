"""Ports of the host that lead into the platform: those of our override, and free ones for what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import ports
from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout.compose_file import published_ports
from edge_tasks.checkout.override import is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

HOST: Final = "127.0.0.1"
_PREFERRED: Final = {"database": 15432, "rest": 8075, "odoo": 18069, "edges": 18081, "history": 18086}
_END: Final = 65_535


def of_override(path: Path, find_held: Callable[[], Collection[int]]) -> dict[tuple[str, int], int]:
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
