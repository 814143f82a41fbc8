"""Snapshots of an initialised Odoo, for the user's next platform that is made alike.

One is taken before the first password is set, and before there are devices.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.inheritance import words_of
from edge_tasks.checkout.project import volumes_of
from edge_tasks.errors import CommandFailed, FleetError
from edge_tasks.runtimes.docker import data_folders
from edge_tasks.runtimes.docker.odoo_copy import OdooCopy
from edge_tasks.runtimes.docker.snapshot_key import digest_of, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.adapters.kept_files import Entry, KeptFiles
    from edge_tasks.runtimes.docker.stack import Stack

KIND: Final = "odoo"
"""How the kept files are called in the user's cache."""
_TELLS: Final = re.compile(r"-[dciu]|--(?:database|config|init|update)\b")
"""An option of Odoo's that may tell it which database it has."""
_ENDED: Final = re.compile(r" ended with -?[0-9]+$")
"""The last line of a command that failed, before what it said."""


@dataclass(frozen=True)
class Restored:
    """A database that was made out of a snapshot.

    Attributes:
        has_odoo: Odoo's container was started meanwhile.
    """

    has_odoo: bool


@dataclass(frozen=True)
class OdooSnapshots:
    """The snapshots of a user, as one platform takes and restores them; its PostgreSQL runs.

    Attributes:
        kept: where they are.
    """

    stack: Stack
    kept: KeptFiles

    def restore(self, is_whole: Callable[[], bool], *, starts_odoo: bool) -> Restored | None:
        """Make the database out of a snapshot; None if none fits, or if it is no good and was removed.

        Args:
            is_whole: asked of the database afterwards.
            starts_odoo: its container may be started meanwhile, if it does nothing before it is asked.

        Raises:
            CommandFailed: Odoo's container does not start; the snapshot stays.
        """
        if (made_of := self._made_of()) is None:
            return None
        if (entry := self._find(made_of)) is None:
            return None
        has_odoo = starts_odoo and self._has_odoo_wait(entry)
        if has_odoo:
            self.stack.compose.up((self.stack.services.odoo,), parallel=1)
        try:
            with self.stack.context.waiting("the snapshot is restored"):
                OdooCopy(self.stack).restore(entry.folder, entry.about)
            if not is_whole():
                raise CommandFailed("it has no openems addon")
        except (FleetError, OSError, KeyError) as error:
            self.discard(_reason(error))
            return None
        return Restored(has_odoo)

    def take(self) -> None:
        """Keep what Odoo has just initialised; if that fails, it is said and nothing is kept."""
        if (made_of := self._made_of()) is None:
            return
        try:
            with self.kept.adding(key_of(made_of), made_of) as new:
                new.about |= OdooCopy(self.stack).make(new.folder)
        except (FleetError, OSError) as error:
            self.stack.context.say(f"  no snapshot of Odoo is kept: {_reason(error)}")

    def discard(self, why: str) -> None:
        """Remove the snapshot that fits, and say why."""
        self.stack.context.say(f"  the snapshot of Odoo is no good and was removed: {why}")
        if (made_of := self._made_of()) is not None:
            self.kept.remove(key_of(made_of))

    def _find(self, made_of: Mapping[str, str]) -> Entry | None:
        try:
            return self.kept.find(key_of(made_of))
        except FleetError as error:
            self.discard(_reason(error))
            return None

    def _has_odoo_wait(self, entry: Entry) -> bool:
        """Whether an Odoo without its database does nothing: one that is told its name would begin to make it."""
        words = words_of(self.stack.project.services[self.stack.services.odoo])
        return entry.about.get("told_database") == "no" and not any(map(_TELLS.match, words))

    def _made_of(self) -> dict[str, str] | None:
        """All that an initialised database follows from; None if no snapshot is wanted, or it cannot be said."""
        stack = self.stack
        if not stack.options.snapshot:
            return None
        try:
            return {
                "image": stack.docker.image(stack.project.image(stack.services.odoo)).id,
                "addons": digest_of(self._mounted(), self._data()),
                "postgresql": OdooCopy(stack).version(),
                "demo": "yes" if stack.options.demo else "no",
            }
        except (FleetError, OSError, IndexError) as error:
            stack.context.say(f"  no snapshot of Odoo is used: {_reason(error)}")
            return None

    def _mounted(self) -> list[tuple[str, Path]]:
        """What of the host Odoo's container sees, the add-ons among it: where it sees it, and where it is."""
        volumes = volumes_of(self.stack.project.services[self.stack.services.odoo])
        return [(one["target"], Path(one["source"])) for one in volumes if one.get("type") == "bind"]

    def _data(self) -> frozenset[str]:
        """The folders in which it keeps what it makes itself."""
        return frozenset(os.fspath(folder) for folder in data_folders.of_services(self.stack))


def _reason(error: Exception) -> str:
    """One line; of a command that failed not the command itself, which has many, but what it said first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    ends = [place for place, line in enumerate(lines) if _ENDED.search(line)]
    return lines[min(ends[0] + 1, len(lines) - 1)] if ends else lines[0]
