"""Odoo's XML-RPC API: passwords, and which devices people see."""

from __future__ import annotations

import http.client
import xmlrpc.client
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import CommandFailed, OdooError, OdooRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

FRESH_PASSWORD: Final = "admin"  # noqa: S105 - what a freshly initialised Odoo has, as everybody knows
"""The password of the user ``admin`` after ``odoo -i``."""

_TIMEOUT_S: Final = 15.0


@dataclass(frozen=True)
class Odoo:
    """One database of an Odoo server.

    Attributes:
        url: e.g. ``http://127.0.0.1:10016``.
        uid: the user as whom the backend works (``odooUid``).
        password: that user's password (``odooPassword``).
    """

    url: str
    database: str
    uid: int
    password: str = field(repr=False)

    def answers(self) -> bool:
        """Whether an Odoo server answers at all."""
        try:
            self._proxy("common").version()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False
        return True

    def lets_in(self) -> bool:
        """Whether the user's password is the one we have.

        Raises:
            OdooError: it does not answer.
        """
        try:
            self._execute(self.password, "res.users", "read", [[self.uid], ["login"]])
        except xmlrpc.client.Fault:
            return False
        return True

    def set_passwords(self) -> None:
        """Give the users 1 and :attr:`uid` our password, with the initial password of a fresh Odoo.

        Raises:
            CommandFailed: Odoo accepts neither password.
        """
        try:
            admin = self._proxy("common").authenticate(self.database, "admin", FRESH_PASSWORD, {})
            if not admin:
                raise CommandFailed(
                    f"Odoo at {self.url} accepts neither the backend's odooPassword"
                    " nor the initial password for admin",
                    hint="set Metadata/Odoo.config's odooPassword to the password that admin has",
                )
            ids = sorted({1, self.uid, int(admin)})
            values = {"password": self.password}
            target = self._proxy("object")
            target.execute_kw(self.database, admin, FRESH_PASSWORD, "res.users", "write", [ids, values])
        except xmlrpc.client.Fault as fault:
            raise CommandFailed(f"Odoo refused the new admin passwords: {_last_line(fault)}") from None
        except (OSError, http.client.HTTPException) as error:
            raise OdooError(f"{self.url} does not answer: {error}") from None

    def visible(self, names: Sequence[str]) -> frozenset[str]:
        """The devices that people see in Odoo, without archived ones.

        Raises:
            OdooError: it does not answer, or refuses.
        """
        found: set[str] = set()
        try:
            for start in range(0, len(names), 500):
                domain = [["name", "in", list(names[start : start + 500])]]
                rows = self._execute(self.password, "openems.device", "search_read", [domain, ["name"]])
                found |= {str(row["name"]) for row in rows}
        except xmlrpc.client.Fault as fault:
            raise OdooRefused(f"{self.url} refused: {_last_line(fault)}") from None
        return frozenset(found)

    def _execute(self, password: str, model: str, method: str, arguments: list[object]) -> Any:  # noqa: ANN401 - any value of XML-RPC
        try:
            return self._proxy("object").execute_kw(self.database, self.uid, password, model, method, arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
            raise OdooError(f"{self.url} does not answer: {error}") from None

    def _proxy(self, name: str) -> Any:  # noqa: ANN401 - a proxy has any method
        transport = _Transport()
        return xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/{name}", transport=transport, allow_none=True)


class _Transport(xmlrpc.client.Transport):
    """A connection with a time-out, because a starting server accepts connections and then does not answer."""

    def make_connection(self, host: Any) -> http.client.HTTPConnection:  # noqa: ANN401 - as in the base class
        """The base class's connection, which gives up in the end."""
        connection = super().make_connection(host)
        connection.timeout = _TIMEOUT_S
        return connection


def _last_line(fault: xmlrpc.client.Fault) -> str:
    return (str(fault.faultString).strip().splitlines() or ["no reason given"])[-1]
