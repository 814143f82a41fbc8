"""What the docker runtime is given: the platform, the fleet, what was chosen, and ways to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path, PurePosixPath

    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.fleet.saved import State


@dataclass(frozen=True)
class Ground:
    """What the runtime stands on.

    Attributes:
        override: our override's path.
        services_named: role → service, from ``invoke.yaml``.
        choices: the settings, by name.
        flags: ``skip_build``, ``demo``, ``force``.
        say: prints a line for people.
        render: an edge's files, with the uri that it connects to.
        progress: shows how far something is, of a title; yields what is told (done, all or None).
        echo: is told each line of docker's output, too; None keeps it to the log.
    """

    platform: Platform
    state: State
    fleet: Fleet
    override: Path
    services_named: Mapping[str, str]
    choices: Mapping[str, Any]
    flags: frozenset[str]
    say: Callable[[str], None]
    render: Callable[[Edge, str], Mapping[PurePosixPath, str]]
    progress: Callable[[str], AbstractContextManager[Callable[[int, int | None], None]]]
    echo: Callable[[str], None] | None
