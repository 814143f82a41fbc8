"""The ``metadata.json`` of OpenEMS' ``Metadata.File`` as the registry of a fleet's devices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol

from edge_tasks.errors import RegistrationError
from edge_tasks.plan import counted
from edge_tasks.registry.file.entries import FileChanges, plan_entries, read_entries, without_ours
from edge_tasks.registry.protocol import DeviceReport, Registration, Words, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.registry.file.entries import Entry


class Place(Protocol):
    """Where the file lies, and how it is reached there."""

    def __str__(self) -> str:
        """The file, for people."""

    def read(self) -> str | None:
        """Its text; None if it is not there. What is not UTF-8 is kept in surrogates.

        Raises:
            RegistrationError: it cannot be read.
        """

    def write(self, text: str) -> None:
        """Replace it at once; mode and owner of a file that was there stay.

        Raises:
            FleetError: what was there before is complete.
        """

    def remove(self) -> None:
        """Remove it.

        Raises:
            FleetError: it is still there.
        """


def entries_in(place: Place) -> tuple[Entry, ...]:
    """The entries of the file that lies there; none if there is no file.

    Raises:
        FileRefused: it cannot be read, or OpenEMS would read nothing of it.
    """
    text = place.read()
    return () if text is None else read_entries(text, str(place))


@dataclass(frozen=True)
class FileRegistry:
    """Its entries.

    Attributes:
        place: where the file is.
        fleet: whose devices.
    """

    place: Place
    fleet: Fleet

    is_read_at_start: ClassVar[bool] = True
    keeps_configs: ClassVar[bool] = False

    @property
    def words(self) -> Words:
        """An entry of the file."""
        return Words("entry", "entries", str(self.place), "there")

    def __str__(self) -> str:
        """The file."""
        return str(self.place)

    def find(self, *, adopt: bool) -> Registration[FileChanges]:
        """Compare the entries with the fleet.

        Raises:
            RegistrationError: OpenEMS cannot read the file, or foreign entries are in the way.
        """
        changes = plan_entries(self.fleet, self.place.read(), self.words, adopt=adopt)
        in_use = {edge.name for edge in self.fleet.edges}
        added, changed = ([edge.name for edge in edges] for edges in (changes.added, changes.changed))
        return Registration(
            added=tuple(name for name in added if name in in_use),
            changed=tuple(name for name in changed if name in in_use),
            unarchived=(),
            archived=(),
            kept=len(in_use.difference(added, changed)),
            reserved=len(self.fleet.reserved),
            reserve_added=tuple(name for name in added if name not in in_use),
            reserve_changed=tuple(name for name in changed if name not in in_use),
            details=changes,
            removed=changes.removed,
        )

    def write(self, planned: Registration[FileChanges], progress: Callable[[int], None]) -> None:
        """Put the new text in the place of the old one.

        Raises:
            RegistrationError: somebody else has changed the file meanwhile; nothing was changed.
        """
        if self.place.read() != planned.details.before:
            raise RegistrationError(f"{self} was changed meanwhile; nothing was written", hint="inv register")
        self.place.write(planned.details.after)
        progress(planned.written)

    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of all apikeys, by name."""
        return {name: fingerprint(entry.apikey) for name, entry in self._entries().items()}

    def reports(self, names: Sequence[str]) -> dict[str, DeviceReport]:
        """The file says of a device only its apikey; everybody sees every device."""
        entries = self._entries()
        return {
            name: DeviceReport(
                is_active=True,
                key_is_own=entries[name].apikey == self._apikeys.get(name),
                components=None,
                message_age_s=None,
            )
            for name in names
            if name in entries
        }

    @staticmethod
    def config(_name: str) -> dict[str, object]:
        """Empty: a backend keeps it in memory."""
        return {}

    @staticmethod
    def visible(_names: Sequence[str]) -> None:
        """The reports already say it."""

    def remove(self) -> str:
        """Take our entries out, and put back those that we took over; a file that we made is removed."""
        text = self.place.read()
        rest, count = (None, 0) if text is None else without_ours(text, self.fleet.id, str(self))
        if text is not None and rest is None:
            self.place.remove()
        elif rest is not None and rest != text:
            self.place.write(rest)
        return f"{counted(count, 'entry', 'entries')} of {self}"

    def _entries(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in entries_in(self.place)}

    @cached_property
    def _apikeys(self) -> dict[str, str]:
        return {edge.name: edge.apikey for edge in self.fleet.edges}
