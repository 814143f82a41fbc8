"""What must have been done of something by an hour of each day, and when it has to begin for that."""

from __future__ import annotations

from dataclasses import dataclass

from edge_tasks.openems.milliseconds import DAY_MS, MINUTE_MS


@dataclass(frozen=True)
class DailyMinimum:
    """An amount that has to be done by an hour of each day. Days are those of UTC.

    Attributes:
        amount: in ms of speed 1; 0 for nothing.
        speed: how fast it is done when it is forced.
        end: the hour, as ms of the day.
    """

    amount: int
    speed: int
    end: int

    def start(self, done: int) -> int | None:
        """The ms of the day after which it is forced; None when enough is done.

        Args:
            done: of the amount, on this day.
        """
        missing_s = -(-(self.amount - done) // 1000)
        return (self.end - missing_s // self.speed * 1000) % DAY_MS if missing_s > 0 else None

    def next_look(self, done: int, now: int, start: int, speed: int) -> int:
        """Epoch ms at which the start must be looked at again.

        While something is done, the start is later and later. The channel that shows it is renewed once a minute.

        Args:
            done: of the amount, on this day.
            now: epoch ms.
            start: as :meth:`start` has it.
            speed: how fast it is done now; 0 if it is not.
        """
        midnight = now // DAY_MS * DAY_MS
        moments = [midnight + start + 1, midnight + self.end + 1]
        if speed:
            moments += [now + MINUTE_MS, now + -(-(self.amount - done) // speed)]
        return min(moment for moment in moments if moment > now)
