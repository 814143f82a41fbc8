"""What the platform's registry rests on: PostgreSQL and Odoo, or nothing that must run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edge_tasks.checkout.metadata import FILE
from edge_tasks.plan import Plan
from edge_tasks.registry.dummy.registry import DummyRegistry
from edge_tasks.registry.file.registry import FileRegistry
from edge_tasks.runtimes.docker import edge_files, metadata_file
from edge_tasks.runtimes.docker.odoo_database import OdooDatabase
from edge_tasks.runtimes.plans import DatabaseToPrepare

if TYPE_CHECKING:
    from edge_tasks.registry.protocol import Registry
    from edge_tasks.runtimes.docker.stack import Stack


@dataclass(frozen=True)
class PlatformDatabase:
    """The one that the backend's configuration names, which is read when something is asked."""

    stack: Stack

    @cached_property
    def kind(self) -> OdooDatabase | NoDatabase:
        """The database itself.

        Raises:
            SettingsError: the backend's configuration does not say what knows its devices.
        """
        needs_odoo = self.stack.backend_files.metadata.needs_odoo
        return OdooDatabase(self.stack) if needs_odoo else NoDatabase(self.stack)

    @property
    def registry(self) -> Registry[Any]:
        """The devices that the backend knows."""
        return self.kind.registry

    @property
    def is_ready(self) -> bool:
        """Whether the registry can be asked."""
        return edge_files.is_complete(self.stack) and self.kind.is_ready

    def find(self) -> Plan[DatabaseToPrepare]:
        """What must still be done so that it can be asked and lets the backend in."""
        return self.kind.find()

    def prepare(self, plan: Plan[DatabaseToPrepare]) -> str:
        """Carry out the plan, and return what was done."""
        return self.kind.prepare(plan)

    def remove(self) -> str:
        """Remove what we made of it; what that was, for people."""
        return self.kind.remove()


@dataclass(frozen=True)
class NoDatabase:
    """``Metadata.File`` and ``Metadata.Dummy``: nothing must run so that the registry can be asked."""

    stack: Stack

    @cached_property
    def registry(self) -> FileRegistry | DummyRegistry:
        """The file, or nothing."""
        stack = self.stack
        if stack.backend_files.metadata.pid == FILE:
            return FileRegistry(metadata_file.place_of(stack), stack.context.fleet)
        return DummyRegistry(stack.context.fleet)

    @property
    def is_ready(self) -> bool:
        """The file can be read: for one in a volume, the backend's image is needed."""
        stack = self.stack
        return isinstance(self.registry, DummyRegistry) or metadata_file.can_be_read(stack)

    def find(self) -> Plan[DatabaseToPrepare]:
        """Nothing must be done."""
        pid = self.stack.backend_files.metadata.pid
        return Plan((), f"with {pid} no database and no Odoo is needed", DatabaseToPrepare())

    def prepare(self, _plan: Plan[DatabaseToPrepare]) -> str:
        """Nothing is ever planned."""
        return ""

    def remove(self) -> str:
        """Take our entries out of the file."""
        return self.registry.remove()
