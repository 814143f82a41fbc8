"""Python's search for objects that only hold each other, kept away from what ten thousand edges have.

Their rows and sockets live as long as the edges are connected. Searched again and again they cost a fifth of
the stand-in's time, and half a second at once, in which no message is read. So they are put aside each minute,
and searched when edges have gone, for then there is something to find.
"""

from __future__ import annotations

import gc


class Garbage:
    """Decides when to search all, when only what is new."""

    def __init__(self) -> None:
        self._ended = 0

    def tidy(self, ended: int) -> bool:
        """Put everything aside.

        Args:
            ended: how many connections have ended so far.

        Returns:
            Whether everything was searched first.
        """
        searched = ended != self._ended
        if searched:
            gc.unfreeze()
            gc.collect()
        self._ended = ended
        gc.freeze()
        return searched
