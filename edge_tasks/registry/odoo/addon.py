"""How far Odoo's addon is in a database."""

from __future__ import annotations

from enum import Enum


class Addon(Enum):
    """How far the installation of Odoo's addon ``openems`` is in a database."""

    NO_DATABASE = "there is no such database"
    HIDDEN = "the database is a template: it is being restored, or that was interrupted"
    HALF = "the addon is not installed, or only partly"
    INSTALLED = "the addon is installed"
