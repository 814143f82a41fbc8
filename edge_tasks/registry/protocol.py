"""Which devices the backend knows, as rooms outside the registries see it.

A registry holds an entry for each device that a backend accepts: a row of Odoo's device table, an object of a
JSON file. Each kind of registry is a folder beside this module.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.fleet.identity import Fleet

T = TypeVar("T")


@dataclass(frozen=True)
class Registration(Generic[T]):
    """What must be done so that a registry has the fleet and its reserve.

    Attributes:
        added: names of edges that get an entry.
        changed: names of edges whose entry is corrected or taken over.
        unarchived: names of entries that come into use, untouched otherwise.
        archived: names of our entries beyond the fleet, which are no longer used.
        kept: how many entries in use are right as they are.
        reserved: how many entries there will be in reserve.
        reserve_added: names of the reserve that get an entry.
        reserve_changed: names of the reserve whose entry is corrected.
        details: the same for the registry itself, which does it.
        removed: names of our entries beyond fleet and reserve, where entries cannot be archived.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unarchived: tuple[str, ...]
    archived: tuple[str, ...]
    kept: int
    reserved: int
    reserve_added: tuple[str, ...]
    reserve_changed: tuple[str, ...]
    details: T
    removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing must be done."""
        return not (self.written or self.unarchived or self.archived or self.removed)

    @property
    def written(self) -> int:
        """How many entries are added or corrected, for progress."""
        return sum(map(len, (self.added, self.changed, self.reserve_added, self.reserve_changed)))

    def __str__(self) -> str:
        """For people: ``3 added, 2 kept, 0 changed; 10 in reserve``."""
        counts = f"{len(self.added)} added, {self.kept} kept, {len(self.changed)} changed"
        others = (self.unarchived, "unarchived"), (self.archived, "archived"), (self.removed, "removed")
        for names, word in others:
            counts += f", {len(names)} {word}" if names else ""
        changed = f", {len(self.reserve_changed)} of them changed" if self.reserve_changed else ""
        return f"{counts}; {self.reserved} in reserve{changed}"


@dataclass(frozen=True)
class Words:
    """How people call the entries of a registry.

    Attributes:
        entry: one of them: ``row``.
        entries: several of them.
        holder: where they are: ``the device table``.
        editor: where people change them: ``in Odoo``.
    """

    entry: str
    entries: str
    holder: str
    editor: str


ENTRIES: Final = Words("entry", "entries", "the registry", "there")
"""The words for the entries of an unknown registry."""


@dataclass(frozen=True)
class DeviceReport:
    """What a registry says of a device of the fleet.

    Attributes:
        is_active: people see it; None where the entry does not say.
        key_is_own: the entry's apikey is the one that the fleet gave the edge.
        components: ids of the last ``edgeConfig`` that the backend stored; None when it stored none.
        message_age_s: seconds since the last message that the backend noted; None when it noted none.
    """

    is_active: bool | None
    key_is_own: bool
    components: frozenset[str] | None
    message_age_s: float | None


class Registry(Protocol[T]):
    """The entries of a backend's devices. Each method raises RegistrationError when it cannot be asked."""

    @property
    def words(self) -> Words:
        """How people call its entries."""

    @property
    def is_read_at_start(self) -> bool:
        """Whether a backend knows only what the registry held when the backend started."""

    @property
    def keeps_configs(self) -> bool:
        """Whether a backend stores ``edgeConfig`` of each device here; otherwise only the backend has it."""

    def __str__(self) -> str:
        """Where it is, for people; no password in it."""

    def find(self, *, adopt: bool) -> Registration[T]:
        """What must be done so that it has the fleet; ``adopt`` takes over entries that are not ours.

        Raises:
            RegistrationError: entries in the way are not ours, or have one of our apikeys.
        """

    def write(self, planned: Registration[T], progress: Callable[[int], None]) -> None:
        """Write what was planned, all or nothing; ``progress`` receives how many of ``planned.written`` are done.

        Raises:
            RegistrationError: nothing was changed.
        """

    def fingerprints(self) -> dict[str, str]:
        """What a backend would read now, archived entries too: name → :func:`fingerprint` of the apikey."""

    def reports(self, names: Sequence[str]) -> dict[str, DeviceReport]:
        """What it says of these devices, by name; one without an entry is absent."""

    def config(self, name: str) -> dict[str, object]:
        """The last ``edgeConfig`` of a device as the backend stored it; empty when there is none."""

    def visible(self, names: Sequence[str]) -> frozenset[str] | None:
        """The devices that people see; None if the reports already say it.

        Raises:
            NoAnswer: the program that shows them does not answer.
        """

    def remove(self) -> str:
        """Remove the entries that this fleet made; returns what was removed, for people."""


def fingerprint(apikey: str) -> str:
    """Distinguishes apikeys without revealing them."""
    return hashlib.sha256(apikey.encode()).hexdigest()[:16]


def unread(fleet: Fleet, read: Mapping[str, str]) -> tuple[str, ...]:
    """The fleet's edges whose (name, apikey) a backend has not read, given the fingerprints of what it has."""
    return tuple(edge.name for edge in fleet.edges if read.get(edge.name) != fingerprint(edge.apikey))
