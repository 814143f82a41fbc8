"""What this machine has."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil


def available_memory() -> int:
    """Bytes that programs can still have."""
    return int(psutil.virtual_memory().available)


def free_disk(folder: Path) -> int:
    """Bytes that can still be written, in the nearest folder that there is."""
    nearest = next(path for path in (folder, *folder.parents, Path("/")) if path.exists())
    return shutil.disk_usage(nearest).free
