"""The faults of an edge that a verdict can name; docs/reference/faults.md has a row for each."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """What can be wrong; the value is its name in the JSON document and in the catalogue of faults."""

    FLEET_DOWN = "fleet-down"
    DATABASE_SILENT = "database-silent"
    DATABASE_REFUSES = "database-refuses"
    BACKEND_SILENT = "backend-silent"
    BACKEND_REFUSES = "backend-refuses"
    ODOO_SILENT = "odoo-silent"
    ODOO_REFUSES = "odoo-refuses"
    NO_ROW = "no-row"
    NOT_RUNNING = "not-running"
    ROW_ARCHIVED = "row-archived"
    ROW_HIDDEN = "row-hidden"
    ROW_OTHER_KEY = "row-other-key"
    PORT_CLOSED = "port-closed"
    ROW_UNREAD = "row-unread"
    NOT_KNOWN = "not-known"
    RECONNECTING = "reconnecting"
    NOT_CONNECTED = "not-connected"
    NO_EDGE_CONFIG = "no-edge-config"
    COMPONENT_MISSING = "component-missing"
    SILENT = "silent"
    VALUE_WRONG = "value-wrong"
