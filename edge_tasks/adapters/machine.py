"""What this machine has."""

from __future__ import annotations

import os
import resource
import shutil
import sys
from pathlib import Path

import psutil


def available_memory() -> int:
    """How many bytes of memory programs can still get."""
    return int(psutil.virtual_memory().available)


def free_disk(folder: Path) -> int:
    """How many bytes can still be written to the disk of the nearest existing folder."""
    nearest = next(path for path in (folder, *folder.parents, Path("/")) if path.exists())
    return shutil.disk_usage(nearest).free


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def most_open_files() -> int:
    """How many files and connections a program that we start can have open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
