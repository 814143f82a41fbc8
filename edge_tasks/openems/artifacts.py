"""Files that the bundled platform's images need and that we do not ship: where from, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.release import release_of

if TYPE_CHECKING:
    from pathlib import Path

_ADDON_BRANCH: Final = "16.0"


@dataclass(frozen=True)
class Artifact:
    """A file that is published elsewhere.

    Attributes:
        url: where it is published.
        path: where it belongs. A file that a user puts there is used as it is.
    """

    url: str
    path: Path


def artifacts(platform: Path, version: str, source: str) -> tuple[Artifact, ...]:
    """OpenEMS's released jars and Odoo's addon, for a bundled platform.

    Args:
        platform: its folder.
        version: a release of OpenEMS, e.g. ``2024.7.0``.
        source: ``https://github.com``, or a mirror with the same paths.
    """
    base = source.rstrip("/")
    published = f"{base}/OpenEMS/openems/releases/download/{version}"
    jars = release_of(version).jars
    addon = f"{base}/OpenEMS/odoo-openems/archive/refs/heads/{_ADDON_BRANCH}.tar.gz"
    return (
        *(Artifact(f"{published}/{jar}", platform / jar.removesuffix(".jar") / jar) for jar in jars),
        Artifact(addon, platform / "odoo" / "odoo-openems.tar.gz"),
    )
