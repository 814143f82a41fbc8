"""The light edges' program, as the keeper hands it to tasks."""

from __future__ import annotations

import io
import tarfile
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Program:
    """A folder that does not change while the keeper runs.

    Attributes:
        folder: with the program and its packages.
    """

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _packed: bytes = field(default=b"", init=False)

    def packed(self) -> bytes:
        """All of it as a tar.gz, made once: on a busy machine tasks that begin together would wait for long."""
        with self._lock:
            if not self._packed:
                self._packed = self._pack()
            return self._packed

    def _pack(self) -> bytes:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
            archive.add(self.folder, arcname=".")
        return packed.getvalue()
