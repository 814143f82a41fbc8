"""Keep Python's garbage collector away from the objects of ten thousand edges.

Their rows and sockets live as long as the edges are connected. To search them again and again takes a fifth of
the stand-in's time, and half a second at once, in which no message is read. So they are frozen each minute, and
searched only when edges have gone, because only then there is something to collect.
"""

from __future__ import annotations

import gc


class Garbage:
    """Decides when everything is searched, and when only new objects are."""

    def __init__(self) -> None:
        self._ended = 0

    def tidy(self, ended: int) -> bool:
        """Freeze everything, and search it first if connections have ended since the last call.

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
