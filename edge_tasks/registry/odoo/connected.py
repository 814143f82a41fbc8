"""Which edges are online where the REST API cannot say it: what the backend writes into its table every 30 s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.errors import BackendError
from edge_tasks.registry.odoo import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.registry.odoo.server import Database


@dataclass(frozen=True)
class TableStatus:
    """The device table as a source of status.

    Attributes:
        backend_runs: the table of one that does not run still has what was true before.
        why: why the REST API is not asked instead, for people.
        change: what to type about it.
    """

    says: ClassVar[str] = "PostgreSQL"
    is_late: ClassVar[bool] = True
    sees_values: ClassVar[bool] = False

    database: Database
    backend_runs: Callable[[], bool]
    why: str
    change: str

    @property
    def remark(self) -> str:
        """Why values are missing, and what to do about it."""
        late = "PostgreSQL was asked, which can be 30 s late, and values cannot be asked"
        return f"{self.why}: {late} → {self.change}"

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each edge is connected, by name: the column ``openems_is_connected``.

        Raises:
            BackendError: the backend does not run.
            RegistrationError: the table cannot be read.
        """
        if not self.backend_runs():
            raise BackendError("the backend does not run")
        return table.read_connected(self.database, names)

    @staticmethod
    def components(_names: Sequence[str]) -> None:
        """The device table says it with everything else of a row."""

    @staticmethod
    def values(_names: Sequence[str], _channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """Empty: the backend writes values only to InfluxDB, if at all."""
        return {}
