"""What can say which edges of a platform are online."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.metadata import DUMMY
from edge_tasks.checkout.silent_rest import reason_for_silence
from edge_tasks.proof.backend_api import BackendApi
from edge_tasks.proof.best_source import BestSource
from edge_tasks.proof.ui_status import UiStatus
from edge_tasks.registry.odoo.connected import TableStatus
from edge_tasks.runtimes.docker.host_ports import HOST
from edge_tasks.runtimes.docker.socket_status import SocketStatus

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack

_ANYBODY: Final = ("admin", "admin")
"""A login where everybody is admin."""


def best_of(stack: Stack) -> BestSource:
    """REST if it may answer, the UI's websocket, the device table, and in the end the kernel."""
    rest = stack.rest
    sources = (
        rest if stack.asks_rest else None,
        UiStatus(rest.ui, rest.user, rest.password) if rest.ui else None,
        _table_of(stack) if stack.services.database else None,
        SocketStatus(stack),
    )
    return BestSource([source for source in sources if source is not None])


def rest_of(stack: Stack) -> BackendApi:
    """The backend's B2B REST API, as admin."""
    port = stack.project.published(stack.services.backend, stack.wiring.ui_port)
    ui = f"ws://{HOST}:{port + stack.context.fleet.port_offset}" if port else ""
    metadata = stack.wiring.metadata
    login = ("admin", str(stack.wiring.values["odooPassword"])) if metadata.needs_odoo else _ANYBODY
    rest = f"http://{HOST}:{stack.ports.get('rest', 0)}"
    return BackendApi(rest, *login, ui, knows_all=metadata.pid != DUMMY)


def _table_of(stack: Stack) -> TableStatus:
    if stack.wiring.rest_port is None:
        why, change = "the backend has no B2B REST API", "inv doctor --fix up"
    else:
        silence = reason_for_silence(stack.survey) or "it does not answer"
        why, change = f"the backend's B2B REST API cannot be asked ({silence})", "inv doctor"
    return TableStatus(stack.database, lambda: _runs(stack), why, change)


def _runs(stack: Stack) -> bool:
    container = stack.container(stack.services.backend)
    return container is not None and container.is_running
