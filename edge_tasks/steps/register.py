"""``inv register``: an entry of the registry for each edge, and a backend that has read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge_tasks.plan import Plan, some

if TYPE_CHECKING:
    from edge_tasks.output import Output
    from edge_tasks.registry.protocol import Registration, Registry
    from edge_tasks.runtimes.protocols import Backend
    from edge_tasks.steps.devices_read import DevicesRead


@dataclass(frozen=True)
class EntriesToWrite:
    """What the step must do.

    Attributes:
        registration: in the registry.
        unread: edges for which the backend must read its devices again.
    """

    registration: Registration[Any]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Brings the registry to what the fleet is.

    Attributes:
        registry: the devices that the backend knows.
        backend: reads the registry.
        read: what the backend has read.
        adopt: entries that are not ours are taken over.
    """

    registry: Registry[Any]
    backend: Backend
    read: DevicesRead
    output: Output
    adopt: bool = False

    def find(self) -> Plan[EntriesToWrite]:
        """Compare the entries with the fleet.

        Raises:
            RegistrationError: the registry cannot be asked, or has foreign entries in the way.
        """
        planned = self.registry.find(adopt=self.adopt)
        changes = () if planned.is_empty else (str(planned),)
        not_read = self.read.unread_after(planned.added, planned.changed, planned.unarchived)
        if not_read:
            changes = (*changes, f"the backend must read {some(not_read)}, so all edges reconnect")
        return Plan(
            changes, f"{planned.kept} kept, {planned.reserved} in reserve", EntriesToWrite(planned, not_read)
        )

    def apply(self, plan: Plan[EntriesToWrite]) -> str:
        """Write the entries; make the backend read again when one comes into use that it has not read."""
        planned = plan.details.registration
        self.read.forget((*planned.added, *planned.reserve_added))
        if not planned.is_empty:
            self.read.writing()
            with self.output.progress("register", planned.written, self.registry.words.entries) as progress:
                self.registry.write(planned, progress)
            self.read.written(self.registry)
        if plan.details.unread:
            self.output.line("  the backend reads its devices again; all edges reconnect")
            with self.output.listening("register"):
                self.backend.read_devices_again()
            self.read.remember(self.registry)  # now: it may have been restarted for that
        return str(planned)
