"""Files that the bundled platform's images need and that we do not ship: where from, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.openems.release import release_of

if TYPE_CHECKING:
    from pathlib import Path

_ADDON_BRANCH: Final = "16.0"
_PACKAGES: Final = {
    "odoo-addon-web-m2x-options": (
        "16.0.1.1.3.5",
        "d94edabe04da90be26cb80454ad0aeee9b2ed0dcfdeaca016bbad86a2c4f0045",
    ),
    "odoo-addon-partner-firstname": (
        "16.0.1.0.6.1",
        "fec0d8aa4a730f974caade8633eeeee73ec1c6164716c559e42f875f91334f93",
    ),
}
"""Of OCA: what the addon ``openems`` depends on, with its version and the SHA-256 of its wheel."""


@dataclass(frozen=True)
class Artifact:
    """A file that is published elsewhere.

    Attributes:
        origin: its URL; of a package, what pip is asked for.
        path: where it belongs. A file that a user puts there is used as it is.
    """

    origin: str
    path: Path

    @property
    def found(self) -> Path | None:
        """The file that is there; None if there is none."""
        return self.path if self.path.exists() else None


@dataclass(frozen=True)
class Package(Artifact):
    """A wheel that pip fetches: from the index, with the proxy and the certificates, that the user has told it.

    Attributes:
        sha256: of the wheel.
    """

    sha256: str

    @property
    def found(self) -> Path | None:
        """The wheel that is there, in whichever version: the image takes any."""
        name = self.path.name.partition("-")[0]
        return next(iter(sorted(self.path.parent.glob(f"{name}-*.whl"))), None)


def artifacts(platform: Path, version: str, source: str) -> tuple[Artifact, ...]:
    """OpenEMS's released jars, Odoo's addon, and the packages that it depends on, for a bundled platform.

    Args:
        platform: its folder.
        version: a release of OpenEMS, e.g. ``2024.7.0``.
        source: ``https://github.com``, or a mirror with the same paths.
    """
    base = source.rstrip("/")
    published = f"{base}/OpenEMS/openems/releases/download/{version}"
    jars = release_of(version).jars
    addon = f"{base}/OpenEMS/odoo-openems/archive/refs/heads/{_ADDON_BRANCH}.tar.gz"
    odoo = platform / "odoo"
    return (
        *(Artifact(f"{published}/{jar}", platform / jar.removesuffix(".jar") / jar) for jar in jars),
        Artifact(addon, odoo / "odoo-openems.tar.gz"),
        *(_package(name, wanted, sha256, odoo) for name, (wanted, sha256) in _PACKAGES.items()),
    )


def _package(name: str, version: str, sha256: str, folder: Path) -> Package:
    wheel = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    return Package(f"{name}=={version}", folder / wheel, sha256)
