"""Snapshots of an initialised Odoo, for the user's next platform that is made alike.

One is taken before the first password is set, and before there are devices. It is restored where PostgreSQL's
data directory is still empty.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.inheritance import words_of
from edge_tasks.checkout.project import volumes_of
from edge_tasks.errors import CommandFailed, FleetError
from edge_tasks.runtimes.docker import data_folders
from edge_tasks.runtimes.docker.odoo_copy import NoGood, OdooCopy
from edge_tasks.runtimes.docker.service_start import have_run
from edge_tasks.runtimes.docker.snapshot_key import digest_of, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.adapters.containers import Image
    from edge_tasks.adapters.kept_files import Entry, KeptFiles
    from edge_tasks.runtimes.docker.stack import Stack

_ENDED: Final = re.compile(r" ended with -?[0-9]+$")
"""The last line of a command that failed, before what it said."""
_SECRET: Final = re.compile("PASSWORD")
"""In the name of a variable that the server reads, and from which nothing of a copy follows."""


@dataclass(frozen=True)
class OdooSnapshots:
    """The snapshots of a user, as one platform takes and restores them.

    Attributes:
        kept: where they are.
    """

    stack: Stack
    kept: KeptFiles

    def restore(self, is_whole: Callable[[], bool], note: Callable[[str], None]) -> bool:
        """Start PostgreSQL and Odoo with what was kept; False if that cannot be done, which is said.

        Args:
            is_whole: asked of the database afterwards.
            note: is told how far the database is: ``restoring``, then ``made`` or ``begun``.

        Raises:
            CommandFailed: a container does not start; the snapshot stays.
        """
        if (made_of := self._made_of()) is None or (entry := self._find(made_of)) is None:
            return False
        copy = OdooCopy(self.stack, self._data)
        if not copy.can_be_restored():
            return False
        self.stack.context.state.record.note(odoo_data=self._data)
        note("restoring")
        is_good = self._try(lambda: copy.restore(entry.folder))
        if is_good:
            have_run(self.stack, (self.stack.services.database,), parallel=1)
            is_good = self._try(lambda: _take_over(copy, entry, is_whole))
        if is_good:  # only now, since it waits for the server no longer than 30 s
            have_run(self.stack, (self.stack.services.odoo,), parallel=1)
            is_good = self._try(lambda: copy.restore_files(entry.folder, entry.about))
        if not is_good:
            copy.remove()
        note("made" if is_good else "begun")
        return is_good

    def take(self) -> None:
        """Keep what Odoo has just initialised; if that fails, it is said and nothing is kept.

        Raises:
            CommandFailed: PostgreSQL does not run again.
            RegistrationError: it does not answer again.
        """
        if (made_of := self._made_of()) is None:
            return
        copy = OdooCopy(self.stack, self._data)
        try:
            with self.kept.adding(key_of(made_of), made_of) as new:
                new.about |= copy.make(new.folder)
        except (FleetError, OSError) as error:
            self.stack.context.say(f"  no snapshot of Odoo is kept: {_reason(error)}")
            copy.await_server(self.stack.database)  # it was stopped for that, and must run

    def discard(self, why: str) -> None:
        """Remove the snapshot that fits, and say why."""
        self.stack.context.say(f"  the snapshot of Odoo is no good and was removed: {why}")
        if (made_of := self._made_of()) is not None:
            self.kept.remove(key_of(made_of))

    def remove_half(self) -> None:
        """Have no part of a copy where PostgreSQL keeps its data: our run was interrupted there.

        Raises:
            CommandFailed: Docker refused.
        """
        noted = self.stack.context.state.record.entries().get("odoo_data")
        OdooCopy(self.stack, noted or self._data).remove()

    def _try(self, work: Callable[[], None]) -> bool:
        """Whether it could be done. Only a snapshot that is proved to be no good is removed."""
        try:
            work()
        except (NoGood, KeyError) as error:
            self.discard(_reason(error))
            return False
        except (FleetError, OSError) as error:
            self.stack.context.say(f"  the snapshot of Odoo was not restored: {_reason(error)}")
            return False
        return True

    def _find(self, made_of: Mapping[str, str]) -> Entry | None:
        try:
            return self.kept.find(key_of(made_of))
        except FleetError as error:
            self.discard(_reason(error))
            return None

    def _made_of(self) -> dict[str, str] | None:
        """All that an initialised database follows from; None if no snapshot is wanted, or it cannot be said."""
        stack = self.stack
        if not stack.options.snapshot:
            return None
        try:
            return {
                "image": stack.docker.image(stack.project.image(stack.services.odoo)).id,
                "addons": digest_of(self._mounted(stack.services.odoo), self._made_by_containers()),
                "server": self._server(),
                "demo": "yes" if stack.options.demo else "no",
            }
        except (FleetError, OSError) as error:
            stack.context.say(f"  no snapshot of Odoo is used: {_reason(error)}")
            return None

    def _server(self) -> str:
        """A digest of what a data directory follows from: the server's image, its settings, role and database.

        Raises:
            CommandFailed: the data directory is not in a volume of its own.
        """
        stack, name = self.stack, self.stack.services.database
        service = stack.project.services[name]
        mounts = list(volumes_of(service))
        places = {*(one["target"] for one in mounts), *self._database_image.volumes}
        in_memory = {one["target"] for one in mounts if one.get("type") == "tmpfs"}
        in_memory |= {place.partition(":")[0] for place in service.get("tmpfs") or ()}
        if self._data not in {place.rstrip("/") for place in places - in_memory}:
            raise CommandFailed(f"{name} has no volume for {self._data or 'its data'}")
        variables = stack.project.environment(name).items()
        settings = sorted(pair for pair in variables if not _SECRET.search(pair[0]))
        mounted = digest_of(self._mounted(name), self._made_by_containers())
        words = (*words_of(service), service.get("user") or "")
        names = stack.database.user, stack.database.name
        told = [self._database_image.id, settings, mounted, words, names]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @cached_property
    def _database_image(self) -> Image:
        return self.stack.docker.image(self.stack.project.image(self.stack.services.database))

    @property
    def _data(self) -> str:
        """Where the server keeps its data, in its container; empty if neither service nor image says it."""
        told = self.stack.project.environment(self.stack.services.database).get("PGDATA")
        return (told or self._database_image.environment.get("PGDATA", "")).rstrip("/")

    def _mounted(self, service: str) -> list[tuple[str, Path]]:
        """What of the host a container sees: where it sees it, and where it is."""
        volumes, made = volumes_of(self.stack.project.services[service]), self._made_by_containers()
        binds = [one for one in volumes if one.get("type") == "bind"]
        return [(one["target"], Path(one["source"])) for one in binds if one["source"].rstrip("/") not in made]

    def _made_by_containers(self) -> frozenset[str]:
        """The folders in which they keep what they make themselves."""
        return frozenset(os.fspath(folder) for folder in data_folders.of_services(self.stack))


def _take_over(copy: OdooCopy, entry: Entry, is_whole: Callable[[], bool]) -> None:
    copy.take_over(entry.folder, entry.about)
    if not is_whole():
        raise NoGood("it has no openems addon")


def _reason(error: Exception) -> str:
    """One line; of a command that failed not the command itself, which has many, but what it said first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    ends = [place for place, line in enumerate(lines) if _ENDED.search(line)]
    return lines[min(ends[0] + 1, len(lines) - 1)] if ends else lines[0]
