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
    from edge_tasks.steps.past_purge import PastPurge


@dataclass(frozen=True)
class Down:
    """Stops and removes.

    Attributes:
        services: None if there is no saved fleet, so that nothing of it can run.
        override: the path of the compose override.
        former: in which the fleet was before; what it left there is removed with a purge.
        pasts: what the fleet wrote into histories that outlive it.
    """

    services: Services | None
    state: State
    directories: Directories
    override: Path
    platform: Platform
    output: Output
    former: Sequence[Services] = ()
    pasts: PastPurge | None = None

    def stop(self, *, is_final: bool = False) -> None:
        """Stop what runs; quickly, if :meth:`purge` follows. It is no error if nothing runs."""
        stopped = self.services.stop(is_final=is_final) if self.services else ()
        self.output.document(stopped=list(stopped))
        self.output.line(f"stopped: {', '.join(stopped) or 'nothing was running'}")
        self.state.record.forget("up", "read", "paused")

    def purge(self) -> None:
        """Remove everything that was ever made; what the user added or changed is left, and said."""
        said = list(self.pasts.run()) if self.pasts else []
        places = (*self.former, *([self.services] if self.services else ()))
        databases = [services.purge() for services in places]
        ours = self.directories.ours()
        for name in ours:
            self.directories.remove(name)
        self.directories.remove_halves()
        self.directories.remove_folder()
        has_override = self.override.is_file() and is_ours(read_utf8(self.override))
        if has_override:
            with writing(self.override):
                self.override.unlink()
        remove_directory(self.state.folder)
        left = self.platform.remove_bundled() if self.platform.bundled else ()
        directories = counted(len(ours), "config directory", "config directories") if ours else ""
        removed = (directories, "the override" if has_override else "", *databases, "the saved fleet")
        self.output.line(f"removed: {', '.join(filter(None, removed))}")
        for line in said:
            self.output.line(line)
        if left:
            self.output.line(f"not removed, because you changed or added them: {', '.join(map(str, left))}")
