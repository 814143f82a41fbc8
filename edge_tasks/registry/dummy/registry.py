"""OpenEMS' ``Metadata.Dummy``: it has no entries; an edge whose apikey is its name is known once it comes.

2024.7.0 takes every apikey, and one that ends in a digit becomes the name of the device (``MetadataDummy.java``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from edge_tasks.registry.protocol import DeviceReport, Registration, Words, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.fleet.identity import Fleet


@dataclass(frozen=True)
class DummyRegistry:
    """Everything is there, and nothing is written.

    Attributes:
        fleet: whose apikeys are the names of its edges.
    """

    fleet: Fleet

    words: ClassVar[Words] = Words("entry", "entries", "Metadata.Dummy", "there")
    is_read_at_start: ClassVar[bool] = False
    keeps_configs: ClassVar[bool] = False

    def __str__(self) -> str:
        """Its name."""
        return self.words.holder

    def find(self, *, adopt: bool) -> Registration[None]:
        """Nothing must be done: there is nobody else's entry to take over, either."""
        del adopt
        return Registration((), (), (), (), self.fleet.size, 0, (), (), None)

    def write(self, planned: Registration[None], progress: Callable[[int], None]) -> None:
        """Nothing has to be written."""

    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of the fleet's apikeys, by name."""
        return {edge.name: fingerprint(edge.apikey) for edge in self.fleet.edges}

    @staticmethod
    def reports(names: Sequence[str]) -> dict[str, DeviceReport]:
        """Every device is there, and everybody sees it."""
        report = DeviceReport(is_active=True, key_is_own=True, components=None, message_age_s=None)
        return dict.fromkeys(names, report)

    @staticmethod
    def config(_name: str) -> dict[str, object]:
        """Empty: a backend keeps it in memory."""
        return {}

    @staticmethod
    def visible(_names: Sequence[str]) -> None:
        """The reports already say it."""

    @staticmethod
    def remove() -> str:
        """Nothing was ever written."""
        return ""
