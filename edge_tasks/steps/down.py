"""``inv down``: stop the fleet; with ``--purge`` remove everything it ever made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import read_utf8, remove_directory, writing
from edge_tasks.checkout.override import is_ours
from edge_tasks.plan import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.fleet.directories import Directories
    from edge_tasks.fleet.saved import State
    from edge_tasks.output import Output
    from edge_tasks.runtimes.protocols import Services


@dataclass(frozen=True)
class Down:
    """Stops and removes.

    Attributes:
        services: None if there is no saved fleet, so that nothing of it can run.
        override: the path of the compose override.
        former: in which the fleet was before; what it left there is removed with a purge.
        leaves_points: points may be in a database that a purge does not remove.
    """

    services: Services | None
    state: State
    directories: Directories
    override: Path
    platform: Platform
    output: Output
    former: Sequence[Services] = ()
    leaves_points: bool = False

    def stop(self) -> None:
        """Stop what runs. It is no error if nothing runs."""
        stopped = self.services.stop() if self.services else ()
        self.output.document(stopped=list(stopped))
        self.output.line(f"stopped: {', '.join(stopped) or 'nothing was running'}")
        self.state.record.forget("up", "read")

    def purge(self) -> None:
        """Remove everything that was ever made; what the user added or changed is left, and said."""
        places = (*self.former, *([self.services] if self.services else ()))
        database = ", ".join(filter(None, [services.purge() for services in places])) or "no database"
        ours = self.directories.ours()
        for name in ours:
            self.directories.remove(name)
        self.directories.remove_halves()
        if self.override.is_file() and is_ours(read_utf8(self.override)):
            with writing(self.override):
                self.override.unlink()
        pasts = {entry["place"] for entry in self.state.record.entries().get("history", [])}
        remove_directory(self.state.folder)
        left = self.platform.remove_bundled() if self.platform.bundled else ()
        directories = counted(len(ours), "config directory", "config directories")
        self.output.line(f"removed: {directories}, the override, {database}, the saved fleet")
        if pasts and self.leaves_points:
            self.output.line(
                f"if {', '.join(sorted(pasts))} was not removed, what was backfilled is still there;"
                " next time type inv backfill --remove before the purge"
            )
        if left:
            self.output.line(f"not removed, because you changed or added them: {', '.join(map(str, left))}")
