"""Jars of OpenEMS, as files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from edge_tasks.openems.build_constants import BUNDLE, CONSTANTS, Build, build_of

if TYPE_CHECKING:
    from pathlib import Path


def read_build(path: Path) -> Build | None:
    """The release of an edge's or a backend's jar; None if it is another file, or cannot be read."""
    try:
        with zipfile.ZipFile(path) as jar, zipfile.ZipFile(io.BytesIO(jar.read(BUNDLE))) as bundle:
            return build_of(bundle.read(CONSTANTS))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
