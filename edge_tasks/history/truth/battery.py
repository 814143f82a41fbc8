"""Batteries of many edges side by side, turn after turn: each follows at once what the balance asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from edge_tasks.timedata.points import Whole


@dataclass(frozen=True)
class Store:
    """What a battery can do.

    Attributes:
        full: W*ms of the full battery.
        floor: W*ms below which it gives nothing.
        limit: W, of giving and of taking.
        target: W at the grid that it is to reach; None if nothing asks it.
    """

    full: int
    floor: int
    limit: int
    target: int | None

    def follow(self, asked: Whole, spans: Whole, charges: Whole) -> tuple[Whole, Whole]:
        """What the batteries give.

        Args:
            asked: W that each edge lacks, by turn and edge.
            spans: ms until its next turn, likewise.
            charges: W*ms in each edge's battery; they are brought up to the end.

        Returns:
            W that each gives from each turn on, and for how many ms: then it is full, or at its floor.
        """
        powers, held = np.zeros_like(asked), spans.copy()
        if self.target is None or not self.limit:
            return powers, held
        wanted = np.clip(asked - self.target, -self.limit, self.limit)
        for turn, (want, span) in enumerate(zip(wanted, spans, strict=True)):
            room, rest = self.full - charges, charges - self.floor
            power = powers[turn]
            np.copyto(power, want)
            power[((want < 0) & (room < self.limit)) | ((want > 0) & (rest < self.limit))] = 0
            most = np.where(power < 0, room, rest) // np.maximum(np.abs(power), 1)
            np.copyto(held[turn], most, where=(power != 0) & (most < span))
            charges -= power * held[turn]
        return powers, held
