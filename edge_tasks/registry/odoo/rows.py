"""Which rows the device table is to have: wanted devices and rows found → what to do. Values, never SQL text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.fleet.limits import MOST_EDGES
from edge_tasks.openems.release import DEFAULT
from edge_tasks.registry.ownership import note_of, refuse_doubled, refuse_foreign
from edge_tasks.registry.protocol import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_tasks.fleet.identity import Edge, Fleet

DEMO_APIKEY: Final = "DEMO_API_KEY"
"""The apikey of the one device that Odoo creates with its demo data, ``edge0``."""

LIGHT_VERSION: Final = DEFAULT.since
"""What a light edge says of itself, unless its platform is of another release.

Each version that a backend does not find in a row, it has Odoo write, one by one.
"""

WORDS: Final = Words("row", "rows", "the device table", "in Odoo")


@dataclass(frozen=True)
class Row:
    """A row of ``openems_device`` as found, as far as we look at it."""

    id: int
    name: str
    apikey: str = field(repr=False)
    active: bool | None
    name_number: int | None
    oem: str | None
    setup_password: str | None = field(repr=False)
    comment: str | None
    note: str | None


@dataclass(frozen=True)
class Device:
    """A row as it should be: what Odoo itself would have made, and a note by which we know it as ours.

    Attributes:
        version: a new row's; None where only the edge itself knows it.
    """

    name: str
    apikey: str = field(repr=False)
    active: bool
    name_number: int
    setup_password: str = field(repr=False)
    comment: str
    note: str
    oem: str = "openems"
    version: str | None = None


@dataclass(frozen=True)
class Change:
    """One of our rows that differs from what is wanted."""

    row: Row
    device: Device


@dataclass(frozen=True)
class RowChanges:
    """The changes of the table, which are made in one transaction.

    Attributes:
        added: rows to insert; those of the reserve are among them, archived.
        changed: rows to correct or to take over.
        kept: how many active rows are right as they are.
        unarchived: rows that become active, most of them of the reserve, untouched otherwise.
        archived: our active rows beyond the fleet.
        reserved: how many rows of the reserve there will be.
    """

    added: tuple[Device, ...]
    changed: tuple[Change, ...]
    kept: int
    unarchived: tuple[Row, ...]
    archived: tuple[Row, ...]
    reserved: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing must be done."""
        return not (self.added or self.changed or self.unarchived or self.archived)


def wanted_devices(fleet: Fleet, light_version: str = LIGHT_VERSION) -> tuple[Device, ...]:
    """The fleet's edges, active, then its reserve, archived; with the version that the light ones say."""
    first_light = fleet.full if fleet.light else MOST_EDGES
    return tuple(
        _device(
            edge,
            note_of(fleet.id),
            active=edge.index < fleet.size,
            version=light_version if edge.index >= first_light else None,
        )
        for edge in (*fleet.edges, *fleet.reserved)
    )


def plan_registration(
    fleet: Fleet, rows: Sequence[Row], *, adopt: bool = False, light_version: str = LIGHT_VERSION
) -> RowChanges:
    """Compare what is wanted with all rows found.

    Raises:
        RegistrationError: a foreign row has a wanted name (unless ``adopt``), or a foreign row has one of our
            apikeys, with the facts of the rows and never a key.
    """
    wanted = wanted_devices(fleet, light_version)
    found = {row.name: row for row in rows}
    names = {device.name for device in wanted}
    ours = {row.name for row in rows if row.note is not None and note_of(fleet.id) in row.note}
    _refuse_foreign([found[d.name] for d in wanted if d.name in found], wanted, ours, adopt=adopt)
    _refuse_duplicates(rows, wanted)
    no_longer = ours - names
    pairs = [(found[device.name], device) for device in wanted if device.name in found]
    changes = [Change(row, device) for row, device in pairs if _differs(row, device)]
    switched = [change for change in changes if not _differs_otherwise(change.row, change.device)]
    return RowChanges(
        added=tuple(device for device in wanted if device.name not in found),
        changed=tuple(change for change in changes if _differs_otherwise(change.row, change.device)),
        kept=sum(device.active and not _differs(row, device) for row, device in pairs),
        unarchived=tuple(change.row for change in switched if change.device.active),
        archived=(
            *(change.row for change in switched if not change.device.active),
            *(row for row in rows if row.name in no_longer and row.active),
        ),
        reserved=len(fleet.reserved),
    )


def _device(edge: Edge, note: str, *, active: bool, version: str | None) -> Device:
    return Device(
        name=edge.name,
        apikey=edge.apikey,
        active=active,
        name_number=edge.index,
        setup_password=edge.setup_password,
        comment=f"OpenEMS Edge #{edge.index}",
        note=note,
        version=version,
    )


def _refuse_foreign(rows: Iterable[Row], wanted: Iterable[Device], ours: set[str], *, adopt: bool) -> None:
    keys = {device.name: device.apikey for device in wanted}
    foreign = [
        row for row in rows if not (adopt or row.name in ours or row.apikey in (keys[row.name], _demo_key(row)))
    ]
    refuse_foreign([_facts(row) for row in foreign], WORDS)


def _demo_key(row: Row) -> str | None:
    return DEMO_APIKEY if row.name == "edge0" else None


def _refuse_duplicates(rows: Sequence[Row], wanted: Sequence[Device]) -> None:
    """``apikey`` is not unique in the table; the backend would serve only one of two devices."""
    keys = {device.apikey: device.name for device in wanted}
    doubled = [row for row in rows if row.apikey in keys and row.name != keys[row.apikey]]
    refuse_doubled([(f"{row.name} (id {row.id})", keys[row.apikey]) for row in doubled], WORDS)


def _facts(row: Row) -> str:
    note = f", {row.note}" if row.note else ""
    state = "active" if row.active else "archived"
    return f"{row.name} (id {row.id}, {state}, {row.comment or 'no comment'}{note})"


def _differs(row: Row, device: Device) -> bool:
    return _differs_otherwise(row, device) or bool(row.active) is not device.active


def _differs_otherwise(row: Row, device: Device) -> bool:
    """Whether a row must be corrected; a user's own comment and setup password are left as they are."""
    return (
        row.active is None
        or (row.apikey, row.name_number) != (device.apikey, device.name_number)
        or row.note is None
        or device.note not in row.note
        or not row.oem
        or not row.setup_password
        or not row.comment
    )
