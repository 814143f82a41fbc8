"""Which edges are online, as the backend tells its UI over a websocket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class UiStatus:
    """The UI's pages of edges as a source of status.

    Attributes:
        address: e.g. ``ws://127.0.0.1:8082``.
        user: of Odoo; any other where everybody is admin.
        password: of that user.
    """

    says: ClassVar[str] = "the backend's UI"
    remark: ClassVar[str] = (
        "the UI's websocket was asked, because the backend's B2B REST API does not answer or is not there;"
        " values cannot be asked"
    )
    is_late: ClassVar[bool] = False
    sees_values: ClassVar[bool] = False

    address: str
    user: str
    password: str = field(repr=False)

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """``isOnline`` of ``getEdges``; an edge that the UI does not list is absent.

        Raises:
            BackendError: it does not answer, or refuses the login.
        """
        from edge_tasks.proof import ui_api  # noqa: PLC0415 - websockets take long to import

        found = ui_api.read_online(self.address, self.user, self.password)
        return {name: found[name] for name in names if name in found}

    @staticmethod
    def components(_names: Sequence[str]) -> None:
        """It is not asked for them."""

    @staticmethod
    def values(_names: Sequence[str], _channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """Empty: it is not asked for them."""
        return {}
