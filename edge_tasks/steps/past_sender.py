"""Sends pasts to the backend, as the edges themselves would: data with the timestamps of the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from edge_tasks.adapters import edge_websocket
from edge_tasks.timedata import notification
from edge_tasks.timedata.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edge_tasks.timedata.points import Points


@dataclass(frozen=True)
class PastSender:
    """Sends points. The edges' own connections are closed meanwhile. It can be pickled.

    Attributes:
        uri: where the backend takes edges, as reached from here.
        apikeys: of the edges, by name.
        points_a_second: how many are sent at most, so that the backend never has many that it has not stored yet.
        deaf_s: how long is waited before the first one.
    """

    uri: str
    apikeys: Mapping[str, str] = field(repr=False)
    points_a_second: float
    deaf_s: float = 0.0

    def shared_by(self, processes: int) -> PastSender:
        """What each of so many processes uses, so that all of them together send as many points at most."""
        return replace(self, points_a_second=self.points_a_second / processes)

    def write(self, points: Iterable[Points]) -> int:
        """Send points, and return how many; the backend stores them some seconds later.

        Raises:
            HistoryError: it does not answer, or does not take an edge.
        """
        return sum(self._send(edge, own) for edge, own in groupby(points, lambda one: one.edge))

    def _send(self, edge: str, points: Iterable[Points]) -> int:
        sent = 0

        def messages() -> Iterator[tuple[str, float]]:
            nonlocal sent
            for one in points:
                for text, count in notification.texts(one):
                    sent += count
                    yield text, count / self.points_a_second

        try:
            edge_websocket.send(self.uri, self.apikeys[edge], messages(), self.deaf_s)
        except OSError as error:
            raise HistoryError(
                f"the backend at {self.uri} did not take the past of {edge}: {error}",
                hint="inv up, then the same command again: it goes on",
            ) from None
        return sent
