"""``inv odoo-init``: a database with the addon's device table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from edge_tasks.output import Output
    from edge_tasks.plan import Plan
    from edge_tasks.runtimes.plans import DatabaseToPrepare
    from edge_tasks.runtimes.protocols import Database

_LOADING: Final = re.compile(r"Loading module \S+ \(([0-9]+)/([0-9]+)\)")


@dataclass(frozen=True)
class OdooInit:
    """Has the registry's database run, with what belongs in it."""

    database: Database
    output: Output

    def find(self) -> Plan[DatabaseToPrepare]:
        """Is PostgreSQL there, with the table?"""
        return self.database.find()

    def apply(self, plan: Plan[DatabaseToPrepare]) -> str:
        """Start it, and create what is missing."""
        with self.output.listening("odoo-init", modules_loaded):
            return self.database.prepare(plan)


def modules_loaded(line: str) -> tuple[int, int] | None:
    """How far Odoo is with its modules: ``… odoo.modules.loading: Loading module base (1/17)``."""
    found = _LOADING.search(line)
    return (int(found[1]), int(found[2])) if found else None
