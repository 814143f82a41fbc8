"""The best of several sources of status that answers."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import BackendError, BackendHangs, FleetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.proof.protocol import StatusSource

_PAUSE_S: Final = 60.0
"""How long a source that hangs is not asked again."""


@dataclass
class BestSource:
    """Sources in the order in which they are believed.

    One that cannot be asked is passed over, but not a REST API that refuses or that nobody can reach: by that it
    says what is wrong. One that takes a call and never answers is not asked again for a while.

    Attributes:
        sources: at least one.
    """

    sources: Sequence[StatusSource]
    _answering: StatusSource | None = field(default=None, init=False)
    _silent_until: dict[int, float] = field(default_factory=dict, init=False)

    @property
    def says(self) -> str:
        """The name of the one that answers."""
        return self._best.says

    @property
    def remark(self) -> str:
        """What it cannot tell."""
        return self._best.remark

    @property
    def is_late(self) -> bool:
        """Whether it may say what was true 30 s ago."""
        return self._best.is_late

    @property
    def sees_values(self) -> bool:
        """Whether it can be asked for values."""
        return self._best.sees_values

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """Whether each is connected, as the best source says that answers now.

        Raises:
            BackendError: none can be asked; the first one that hangs is the reason, else the last one.
        """
        errors: list[BackendError] = []
        for place, source in enumerate(self.sources):
            if self._silent_until.get(place, 0.0) > time.monotonic():
                continue
            try:
                found = source.online(names)
            except BackendHangs as error:
                self._silent_until[place] = time.monotonic() + _PAUSE_S
                errors.append(error)
            except BackendError as error:
                if source.sees_values:
                    raise
                errors.append(error)
            else:
                self._answering = source
                return found
        hung = [error for error in errors if isinstance(error, BackendHangs)]
        if errors:
            raise hung[0] if hung else errors[-1]
        raise BackendHangs("the backend does not answer")

    def forget(self) -> None:
        """Try all of them again: the backend has just started, and those that were silent may answer now."""
        self._answering = None
        self._silent_until.clear()

    def components(self, names: Sequence[str]) -> dict[str, frozenset[str]] | None:
        """What each consists of, as the source says that answered last; None if it cannot say it.

        Raises:
            BackendError: it cannot be asked any more.
        """
        return self._best.components(names)

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """Channel → value, by name, as the source says that answered last.

        Raises:
            BackendError: it cannot be asked any more.
        """
        return self._best.values(names, channels)

    @property
    def _best(self) -> StatusSource:
        """The one that answered last; before that the first, which is tried out if it may be passed over."""
        if self._answering is None and not self.sources[0].sees_values:
            with suppress(FleetError):
                self.online(())
        return self._answering or self.sources[0]
