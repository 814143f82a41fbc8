"""Copies of ours that containers get in place of their own configuration: corrected, or completed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import read_tree
from edge_tasks.checkout.config_places import OFFICIAL_CONFIG_TARGET
from edge_tasks.checkout.roles import BACKEND_EDGE
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path, PurePosixPath

    from edge_tasks.runtimes.docker.stack import Stack

BACKEND_EDGE_COPY: Final = "backend-edge-config.d"
"""In the state directory: the copy for the program that edges connect to."""


@dataclass(frozen=True)
class ConfigCopy:
    """A folder of ours.

    Attributes:
        service: that gets it.
        folder: in the state directory.
        inside: where the service's containers look for it.
        wanted: its files, by path below it.
        ours: those that must be as they are here; the program may rewrite the others.
        is_completed: it is in place of a volume, and its image changes the owner of what is there.
        what: what it is, for people.
    """

    service: str
    folder: Path
    inside: str
    wanted: Mapping[PurePosixPath, str]
    ours: frozenset[PurePosixPath]
    is_completed: bool
    what: str

    @property
    def digest(self) -> str:
        """A digest of what is wanted: a program may rewrite its files, so they do not show a change."""
        parts = (part for path in sorted(self.wanted) for part in (str(path), self.wanted[path]))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def is_current(self) -> bool:
        """Whether it is there; what it was written from is another question, see :attr:`digest`."""
        present = read_tree(self.folder, ".config") if self.folder.is_dir() else {}
        return present.keys() >= self.wanted.keys() and all(
            present[path] == self.wanted[path] for path in self.ours
        )


def copies(stack: Stack) -> Iterator[ConfigCopy]:
    """The copies that the platform's services get.

    Raises:
        SettingsError: we cannot find out where a service has its configuration.
    """
    if stack.backend_files.is_corrected:
        yield _of_backend(stack)
    backend_edge = stack.services.backend_edge
    if backend_edge and stack.survey.is_completed(BACKEND_EDGE):
        wanted = stack.survey.backend_edge_texts
        what = f"the configuration of {backend_edge}, completed"
        folder = stack.context.state.folder / BACKEND_EDGE_COPY
        yield ConfigCopy(
            backend_edge, folder, OFFICIAL_CONFIG_TARGET, wanted, frozenset(), is_completed=True, what=what
        )


def _of_backend(stack: Stack) -> ConfigCopy:
    files = stack.backend_files
    if files.inside is None:
        raise SettingsError(
            f"{files.folder} is neither mounted into the backend's container nor copied into its image",
            hint="correct its files yourself, as inv doctor says",
        )
    wanted = files.corrected_texts
    ours = frozenset(path for path, text in wanted.items() if files.texts.get(path) != text)
    what = f"a corrected copy of {files.folder}"
    if files.is_completed:
        what = f"the configuration of {stack.services.backend}, completed"
    return ConfigCopy(
        stack.services.backend, files.copy, files.inside, wanted, ours, is_completed=files.is_completed, what=what
    )
