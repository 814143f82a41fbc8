"""What ``doctor`` writes: our corrected or completed copies of the backend's configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import replace_directory
from edge_tasks.runtimes.docker import edge_files
from edge_tasks.runtimes.docker.config_copies import copies

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.config_copies import ConfigCopy
    from edge_tasks.runtimes.docker.stack import Stack


@dataclass(frozen=True)
class ConfigCorrection:
    """Copies that the containers mount; the platform's own files stay as they are."""

    stack: Stack

    def find(self) -> tuple[str, ...]:
        """Which of the copies that are needed are still to be written; none of a platform that lacks something.

        Raises:
            SettingsError: we cannot find out where the backend's container has its configuration.
        """
        if not edge_files.is_complete(self.stack):
            return ()
        return tuple(f"write {one.what}" for one in copies(self.stack) if not self._is_done(one))

    def write(self) -> None:
        """Write these copies."""
        found = tuple(copies(self.stack))
        for one in found:
            if not self._is_done(one):
                replace_directory(one.folder, one.wanted)
        record = self.stack.context.state.record
        record.note(copies={one.folder.name: one.digest for one in found})
        if not all(one.is_completed for one in found):  # a completed copy is written without being asked for
            record.note(corrected=True)

    def _is_done(self, one: ConfigCopy) -> bool:
        noted = self.stack.context.state.record.entries().get("copies", {})
        return one.is_current and noted.get(one.folder.name) == one.digest
