"""Rows as a device table would have them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edge_tasks.registry.odoo.rows import Row

if TYPE_CHECKING:
    from edge_tasks.registry.odoo.rows import Device


def row(device: Device, number: int = 1, **other: Any) -> Row:
    return replace(
        Row(
            id=number,
            name=device.name,
            apikey=device.apikey,
            active=device.active,
            name_number=device.name_number,
            oem=device.oem,
            setup_password=device.setup_password,
            comment=device.comment,
            note=device.note,
        ),
        **other,
    )
