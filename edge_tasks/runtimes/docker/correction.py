"""``doctor --fix``: our corrected copy of the backend's configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import read_tree, replace_directory
from edge_tasks.checkout.backend_config import METADATA
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from edge_tasks.runtimes.docker.stack import Stack


@dataclass(frozen=True)
class ConfigCorrection:
    """A copy that the backend's container mounts; the platform's own files stay as they are."""

    stack: Stack

    def find(self) -> tuple[str, ...]:
        """Whether the copy, if it was asked for, is still to be written.

        Raises:
            SettingsError: we cannot find out where the backend's container has its configuration.
        """
        stack = self.stack
        if not stack.backend_files.is_corrected:
            return ()
        if stack.backend_files.inside is None:
            folder = stack.backend_config
            raise SettingsError(
                f"{folder} is neither mounted into the backend's container nor copied into its image",
                hint=f"correct {METADATA} yourself, as inv doctor says",
            )
        folder = stack.backend_files.copy
        present = read_tree(folder, ".config") if folder.is_dir() else {}
        wanted = stack.backend_files.corrected_texts
        theirs = stack.backend_files.texts
        corrected = {path for path, text in wanted.items() if theirs.get(path) != text}
        same = present.keys() >= wanted.keys() and all(present[path] == wanted[path] for path in corrected)
        if same and stack.context.state.record.entries().get("corrected"):
            return ()
        return (f"write a corrected copy of {stack.backend_config}",)

    def write(self) -> None:
        """Write the copy."""
        replace_directory(self.stack.backend_files.copy, self.stack.backend_files.corrected_texts)
        self.stack.context.state.record.note(corrected=True)
