"""The line that an edge logs in each cycle, for those who have subscribed to its log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge_tasks.light.engine.simulation import Simulation


@dataclass(frozen=True)
class LogLine:
    """The line of one template.

    Attributes:
        id: of the controller that logs.
        source: the logger's name.
        parts: what each component adds, by its id, in the order of the line.
    """

    id: str
    source: str
    parts: tuple[tuple[str, Callable[[str, Simulation], str]], ...]

    def text(self, simulation: Simulation) -> str:
        """The line at the moment at which the simulation stands; without components that have nothing to say."""
        texts = ((own_id, log(own_id, simulation)) for own_id, log in self.parts)
        return f"[{self.id}] {' '.join(f'{own_id}[{text}]' for own_id, text in texts if text)}"
