"""``inv cache``: what is kept of earlier runs for the user's next platforms."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.plan import counted

if TYPE_CHECKING:
    from edge_tasks.adapters.kept_files import Entry, KeptFiles
    from edge_tasks.output import Output

_TITLES: Final = ("snapshot", "last used", "MB", "Odoo's image", "PostgreSQL", "demo data")


@dataclass(frozen=True)
class Cache:
    """Lists the snapshots of Odoo, or removes them."""

    kept: KeptFiles
    output: Output

    def show(self) -> None:
        """A table of them, the one that was used last first."""
        entries = self.kept.entries()
        self.output.document(snapshots=[_described(entry) for entry in entries])
        if entries:
            self.output.table(_TITLES, [_row(entry) for entry in entries])
        size = sum(entry.size for entry in entries) / 1e6
        self.output.line(f"{counted(len(entries), 'snapshot')} of Odoo, {size:.1f} MB, in {self.kept.folder}")

    def clear(self) -> None:
        """Remove all of them."""
        count = self.kept.clear()
        self.output.document(snapshots=[])
        self.output.line(f"removed: {counted(count, 'snapshot')} of Odoo")


def _described(entry: Entry) -> dict[str, object]:
    return {"name": entry.folder.name, "bytes": entry.size, "used": entry.used, "about": dict(entry.about)}


def _row(entry: Entry) -> tuple[str, ...]:
    about = entry.about
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
    image = about.get("image", "").removeprefix("sha256:")[:12]
    words = (image, about.get("postgresql", ""), about.get("demo", ""))
    return entry.folder.name[:12], used, f"{entry.size / 1e6:.1f}", *(word or "-" for word in words)
