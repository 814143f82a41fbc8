"""Odoo's device table as the registry of a fleet's devices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.plan import counted
from edge_tasks.registry.odoo import table
from edge_tasks.registry.odoo.rows import LIGHT_VERSION, WORDS, RowChanges, plan_registration
from edge_tasks.registry.ownership import note_of
from edge_tasks.registry.protocol import DeviceReport, Registration, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.fleet.identity import Fleet
    from edge_tasks.registry.odoo.rpc import Odoo
    from edge_tasks.registry.odoo.server import Database
    from edge_tasks.registry.odoo.table import RowReport
    from edge_tasks.registry.protocol import Words


@dataclass(frozen=True)
class OdooRegistry:
    """The table ``openems_device``.

    Attributes:
        database: where it is.
        fleet: whose devices.
        odoo: shows the devices to people; None where nothing but the table is there.
        light_version: the release of OpenEMS that light edges say.
    """

    database: Database
    fleet: Fleet
    odoo: Odoo | None = None
    light_version: str = LIGHT_VERSION

    words: ClassVar[Words] = WORDS
    is_read_at_start: ClassVar[bool] = True
    keeps_configs: ClassVar[bool] = True

    def __str__(self) -> str:
        """Where it is, without the password."""
        return str(self.database)

    def find(self, *, adopt: bool) -> Registration[RowChanges]:
        """Compare the rows with the fleet.

        Raises:
            RegistrationError: the table cannot be read, or has foreign rows in the way.
        """
        rows = table.read_rows(self.database)
        return registration_of(plan_registration(self.fleet, rows, adopt=adopt, light_version=self.light_version))

    def write(self, planned: Registration[RowChanges], progress: Callable[[int], None]) -> None:
        """Change the rows in one transaction.

        Raises:
            RegistrationError: nothing was committed.
        """
        table.register(self.database, planned.details, progress)

    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of all apikeys, by name; also of archived rows, because a backend reads them."""
        return {row.name: fingerprint(row.apikey) for row in table.read_rows(self.database)}

    def reports(self, names: Sequence[str]) -> dict[str, DeviceReport]:
        """What the backend wrote into the rows; it does so every 30 s."""
        found = table.read_reports(self.database, names)
        return {name: report_of(report, self._apikeys.get(name)) for name, report in found.items()}

    def config(self, name: str) -> dict[str, object]:
        """``openems_config`` of a row."""
        return table.read_config(self.database, name)

    def visible(self, names: Sequence[str]) -> frozenset[str] | None:
        """The names that Odoo lists; None if there is no Odoo.

        Raises:
            OdooError: it does not answer, or refuses.
        """
        return self.odoo.visible(names) if self.odoo is not None else None

    def remove(self) -> str:
        """Delete the rows that carry this fleet's note."""
        mark = note_of(self.fleet.id)
        ours = [row.id for row in table.read_rows(self.database) if row.note is not None and mark in row.note]
        table.remove_rows(self.database, ours)
        return f"{counted(len(ours), 'row')} of the database {self.database.name}"

    @cached_property
    def _apikeys(self) -> dict[str, str]:
        return {edge.name: edge.apikey for edge in self.fleet.edges}


def registration_of(changes: RowChanges) -> Registration[RowChanges]:
    """Changes of rows as a plan for the step ``register``."""
    return Registration(
        added=tuple(device.name for device in changes.added if device.active),
        changed=tuple(change.device.name for change in changes.changed if change.device.active),
        unarchived=tuple(row.name for row in changes.unarchived),
        archived=tuple(row.name for row in changes.archived),
        kept=changes.kept,
        reserved=changes.reserved,
        reserve_added=tuple(device.name for device in changes.added if not device.active),
        reserve_changed=tuple(change.device.name for change in changes.changed if not change.device.active),
        details=changes,
    )


def report_of(report: RowReport, apikey: str | None) -> DeviceReport:
    """A row, compared with the apikey that the fleet gave the edge; None of a device that is not the fleet's."""
    return DeviceReport(
        is_active=report.active,
        key_is_own=report.apikey == apikey,
        components=None if report.components is None else frozenset(report.components),
        message_age_s=report.age_s,
    )
