"""``inv cache``: what is kept of earlier runs for the user's next platforms."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.adapters.kept_files import Entry, KeptFiles
    from edge_tasks.output import Output

_TITLES: Final = ("snapshot", "of", "last used", "MB", "Odoo's image", "PostgreSQL", "demo data")


@dataclass(frozen=True)
class Cache:
    """Lists the snapshots, or removes them.

    Attributes:
        kept: where they are, by what they are of.
    """

    kept: Mapping[str, KeptFiles]
    output: Output

    def show(self) -> None:
        """A table of them, of each kind the one that was used last first."""
        entries = [(kind, entry) for kind, kept in self.kept.items() for entry in kept.entries()]
        self.output.document(snapshots=[_described(kind, entry) for kind, entry in entries])
        if entries:
            self.output.table(_TITLES, [_row(kind, entry) for kind, entry in entries])
        size = sum(entry.size for _, entry in entries) / 1e6
        folders = ", ".join(str(kept.folder) for kept in self.kept.values())
        self.output.line(f"{counted(len(entries), 'snapshot')}, {size:.1f} MB, in {folders}")

    def clear(self) -> None:
        """Remove all of them."""
        count = sum(kept.clear() for kept in self.kept.values())
        self.output.document(snapshots=[])
        self.output.line(f"removed: {counted(count, 'snapshot')}")


def _described(kind: str, entry: Entry) -> dict[str, object]:
    return {
        "name": entry.folder.name,
        "of": kind,
        "bytes": entry.size,
        "used": entry.used,
        "about": dict(entry.about),
    }


def _row(kind: str, entry: Entry) -> tuple[str, ...]:
    about = entry.about
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
    image = about.get("image", "").removeprefix("sha256:")[:12]
    words = (image, about.get("postgresql", "").rpartition(" ")[2], about.get("demo", ""))
    return entry.folder.name[:12], kind, used, f"{entry.size / 1e6:.1f}", *(word or "-" for word in words)
