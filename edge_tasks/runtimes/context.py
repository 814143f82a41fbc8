"""What every runtime is given: the platform, the fleet, what was chosen, and ways to tell people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge_tasks.openems.release import DEFAULT
from edge_tasks.runtimes.beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path, PurePosixPath

    from edge_tasks.checkout.blueprints import Blueprints
    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.fleet.saved import State


@dataclass(frozen=True)
class RuntimeContext:
    """What a runtime is made from.

    Attributes:
        override: our override's path.
        services_named: role → service, from ``invoke.yaml``.
        choices: the saved settings, by name; each runtime takes its own into a dataclass of options.
        told_release: the release of OpenEMS that was chosen, or that the bundled platform has; else empty.
        flags: those that were typed, of ``skip_build``, ``demo``, ``no_snapshot``, ``force`` and
            ``fix``.
        compose: reads the platform's compose file, where Compose does not.
        blueprints: gives what the edges are made of; see :attr:`.Target.blueprints`.
        say: prints a line for people.
        progress: shows how far something is, of a title; yields what is told (done, all or None).
        waiting: notes that, while its body runs, what is named is waited for.
        beside: has what a step has begun end beside those after it.
        echo: is told each line of docker's output, too; None keeps it to the log.
    """

    platform: Platform
    state: State
    fleet: Fleet
    override: Path
    services_named: Mapping[str, str]
    choices: Mapping[str, str | int]
    told_release: str
    flags: frozenset[str]
    compose: Callable[[], ComposeFile]
    blueprints: Callable[[], Blueprints]
    say: Callable[[str], None]
    progress: Callable[[str], AbstractContextManager[Callable[[int, int | None], None]]]
    waiting: Callable[[str], AbstractContextManager[None]]
    echo: Callable[[str], None] | None
    beside: Beside = field(default_factory=Beside)

    @property
    def stood_in_for(self) -> str:
        """The release that stand-ins behave like: the one that was chosen, else that of the recordings."""
        return self.told_release or DEFAULT.since

    def render(self, edge: Edge, uri: str) -> dict[PurePosixPath, str]:
        """The files of an edge that connects to a backend, by path below its config directory."""
        return self.blueprints().of(edge).template.render(edge, uri)
