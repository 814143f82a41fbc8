"""What edges consist of, asked of the backend: where no registry keeps that, only the backend has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AT_ONCE: Final = 8
_AGAIN: Final = 100
"""How many edges whose configuration is known are asked again at each look; a larger fleet takes several."""


class EdgeConfigs:
    """What was found out before is kept, because each edge costs a call."""

    def __init__(self) -> None:
        self._known: dict[str, frozenset[str]] = {}  # those that were asked longest ago come first

    def of(self, names: Sequence[str], ask: Callable[[str], frozenset[str] | None]) -> dict[str, frozenset[str]]:
        """The ids of the components of these edges; one that has told none is absent.

        Args:
            names: of the edges.
            ask: asks for one edge; None if it has told none.
        """
        wanted = set(names)
        again = [name for name in self._known if name in wanted][:_AGAIN]
        asked = [*(name for name in names if name not in self._known), *again]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            found = dict(zip(asked, threads.map(ask, asked), strict=True))
        for name, components in found.items():
            self._known.pop(name, None)
            if components is not None:
                self._known[name] = components
        return {name: self._known[name] for name in names if name in self._known}
