"""The folder that a command works for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Where the bundled platform is laid out, and where it is noted which platform was used last.

    Attributes:
        folder: absolute.
        is_clone: it is the project's clone; a platform around it is not meant then.
    """

    folder: Path
    is_clone: bool
