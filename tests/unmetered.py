"""A fleet that knows nothing of energies, for pages whose energies nobody looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.page.energies import Asked, Scope
    from edge_tasks.proof.energies import Days


class Unmetered:
    """An energy source without anything."""

    def scope(self, _asked: Asked) -> Scope | None:
        return None

    def days(self, _edge: str, channels: Sequence[str], days: Days) -> Mapping[str, list[int | None]]:
        return {channel: [None for _ in days.each] for channel in channels}
