"""What a backend elsewhere says of edges that run here, asked now and then over its REST API."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.runtimes.attached_host import EdgeStatus

_EVERY_S: Final = 30.0
_SETTLED_S: Final = 5.0
"""An edge that has just connected may not be online for the backend yet."""


@dataclass
class AttachedProof:
    """Asks which edges are online (``getEdgesStatus``).

    Attributes:
        api: of the backend.
        names: of all edges.
        looks: how often it has answered.
        unanswered: how often it has not.
        online: how many were online the last time; None if it has not answered then.
        not_online: those that were not, although they had been connected here for seconds.
        silence: why it has not answered the last time; None if it has.
    """

    api: BackendApi
    names: Sequence[str]
    looks: int = 0
    unanswered: int = 0
    online: int | None = None
    not_online: list[str] = field(default_factory=list)
    silence: NoAnswer | None = None
    _due: float = 0.0

    def begin(self) -> None:
        """Ask for the first time, before any edge connects.

        Raises:
            NoAnswer: nobody answers, or the login is refused.
        """
        try:
            self.api.online(self.names[:1])
        except NoAnswer as error:
            raise NoAnswer(error.message, hint="check --rest, and its login in the netrc file") from None
        self._due = time.monotonic() + _EVERY_S

    def look_when_due(self, edges: Mapping[str, EdgeStatus]) -> None:
        """Ask again if the last time was long enough ago."""
        if time.monotonic() >= self._due:
            self.look(edges)

    def look(self, edges: Mapping[str, EdgeStatus]) -> None:
        """Ask for all edges.

        Args:
            edges: what the light host says of them.
        """
        now = time.time()  # before the answer, which may take longer than an edge is given
        try:
            online = self.api.online(self.names)
        except NoAnswer as error:
            self.note_silence(error.message)
        else:
            self.looks += 1
            self.silence = None
            self.online = sum(online.values())
            self.not_online = [
                name
                for name, edge in edges.items()
                if edge["state"] == "connected" and now - edge["since"] > _SETTLED_S and not online.get(name)
            ]
        self._due = time.monotonic() + _EVERY_S

    def note_silence(self, why: str) -> None:
        """Note that a question had no answer: what was said before may no longer be true."""
        self.unanswered += 1
        self.online, self.not_online = None, []
        self.silence = NoAnswer(
            f"the backend did not say at the end which edges are online: {why}",
            hint="the report says what the edges saw; check --rest",
        )
