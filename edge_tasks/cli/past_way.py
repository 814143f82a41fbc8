"""A past that is sent through the backend: whether that is possible, and what sends the points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.timedata_config import INFLUXDB
from edge_tasks.errors import SettingsError
from edge_tasks.openems.milliseconds import MINUTE_MS
from edge_tasks.steps.past_sender import PastSender

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge_tasks.cli.session import Session
    from edge_tasks.fleet.identity import Edge
    from edge_tasks.runtimes.storage import Storage

_POINTS_A_SECOND: Final = 2_000
"""How many a backend stores while it serves others, too."""


def sender_of(session: Session, edges: Iterable[Edge], every: int) -> PastSender | None:
    """What sends the pasts of edges to the backend, if that was asked for.

    Args:
        session: of the call.
        edges: whose pasts.
        every: ms between two points.

    Raises:
        SettingsError: the backend would not store them.
    """
    storage = session.runtime.storage
    if storage is None or not session.flag("through_backend"):
        return None
    check_way(storage, every)
    apikeys = {edge.name: edge.apikey for edge in edges}
    entrance = storage.entrance()
    return PastSender(entrance.uri, apikeys, _POINTS_A_SECOND, entrance.deaf_s)


def check_way(storage: Storage, every: int) -> None:
    """Refuse a backend that would not store all points of a past.

    Raises:
        SettingsError: its provider takes no earlier data, or keeps only some of the points.
    """
    if storage.provider != INFLUXDB:
        raise SettingsError(
            f"{storage.provider} stores nothing of what edges send with earlier timestamps, only {INFLUXDB} does",
            hint="the same command without --through-backend",
        )
    finest = storage.entrance().finest_ms
    if every < finest:
        raise SettingsError(
            f"of what edges send, this backend keeps in the end only points {finest // MINUTE_MS} minutes apart",
            hint=f"--every {finest // MINUTE_MS}m, or the same command without --through-backend",
        )
