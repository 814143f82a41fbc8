"""Which devices the running backend has read: a backend reads them once, when it starts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import BackendError
from edge_tasks.registry.protocol import unread

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.fleet.record import Record
    from edge_tasks.registry.protocol import Registry
    from edge_tasks.runtimes.protocols import Backend

_STARTING: Final = "starting"


@dataclass(frozen=True)
class DevicesRead:
    """What is noted of it in the platform's record: names with fingerprints, no apikeys.

    Attributes:
        record: where it is noted.
        backend: whose knowledge it is.
        fleet: whose edges are meant.
        is_read_at_start: the backend knows only what the registry held when it started.
    """

    record: Record
    backend: Backend
    fleet: Fleet
    is_read_at_start: bool = True

    def unread(self) -> tuple[str, ...]:
        """The fleet's edges that the running backend has not read; none while it is still to be started."""
        instance = self.backend.instance()
        if instance is None or not self.is_read_at_start:
            return ()
        noted = self.record.entries().get("read")
        is_same_life = noted is not None and noted["instance"] in (instance, _STARTING)
        known = noted["devices"] if noted and is_same_life else self._read_unnoted()
        found = unread(self.fleet, known)
        return found if found and self._backend_is_current() else ()  # else ``up`` starts it again

    def unread_after(
        self, added: Collection[str], changed: Collection[str] = (), archived: Collection[str] = ()
    ) -> tuple[str, ...]:
        """The same once these have entries as they should be, whatever the backend has read meanwhile.

        Args:
            added: it knows the old entry of one that was deleted.
            changed: it may have read the wrong entry of one that is not online.
            archived: it has read them but shows them to nobody, so its silence about them proves nothing.
        """
        if self.backend.instance() is not None and not self.backend.takes_edges():
            return tuple(
                edge.name for edge in self.fleet.edges
            )  # reading again restarts it, which opens its port
        found = self.unread()
        if not self.is_read_at_start or self.backend.instance() is None or not self._backend_is_current():
            return found
        again = (self.names() & set(added)) | self._misread(changed, archived)
        return tuple(edge.name for edge in self.fleet.edges if edge.name in again.union(found))

    def names(self) -> set[str]:
        """The devices that were read."""
        noted = self.record.entries().get("read")
        return set(noted["devices"]) if noted else set()

    def forget(self, names: Collection[str]) -> None:
        """What was read of these devices is not what the backend will find."""
        noted = self.record.entries().get("read")
        if noted and noted["devices"].keys() & set(names):
            devices = {name: known for name, known in noted["devices"].items() if name not in names}
            self.record.note(read={**noted, "devices": devices})

    def remember(self, registry: Registry[Any], *, starting: bool = False) -> None:
        """Note what the backend has read, or will when it starts: all entries, archived ones too."""
        instance = _STARTING if starting else self.backend.instance()
        devices = registry.fingerprints()
        self.record.note(read={"instance": instance, "devices": devices, "at": time.time()})

    def writing(self) -> None:
        """Note that the registry may have our entries from now on, as a purge asks, whenever we are killed."""
        if "written" not in self.record.entries():
            self.record.note(written={"devices": {}, "at": time.time()})

    def written(self, registry: Registry[Any]) -> None:
        """Note what the registry holds now."""
        self.record.note(written={"devices": registry.fingerprints(), "at": time.time()})

    def _misread(self, changed: Collection[str], archived: Collection[str]) -> set[str]:
        """Edges that it does not know as they were noted: somebody else made it read its devices again."""
        read = self.names() - set(archived)
        names = [edge.name for edge in self.fleet.edges if edge.name in read]
        try:
            known = self.backend.status.online(names)
        except BackendError:
            return set()
        return {name for name in names if name not in known or (name in changed and not known[name])}

    def _read_unnoted(self) -> Mapping[str, str]:
        """What a backend has read that somebody else started: entries older than that, if it knows their names.

        Nothing while it cannot be asked, or takes no edges.
        """
        entries, started = self.record.entries(), self.backend.started()
        notes = [
            (note["at"], note["devices"])
            for note in (entries.get("read"), entries.get("written"))
            if note is not None and note["at"] < started
        ]
        devices = {
            name: key for _, older in sorted(notes, key=lambda note: note[0]) for name, key in older.items()
        }
        status = self.backend.status
        if not devices or status.is_late or not self.backend.takes_edges():
            return {}
        try:
            known = status.online([edge.name for edge in self.fleet.edges if edge.name in devices])
        except BackendError:
            return {}
        return {name: devices[name] for name in known}

    def _backend_is_current(self) -> bool:
        return not self.backend.find().changes
