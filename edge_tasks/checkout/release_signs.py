"""The signs by which the release of a checkout is recognised. Pure.

What says the release itself is believed first: ``--openems-version``, a label of the image, the jar, the tag of
the image, what a Dockerfile fetches. Else what is configured narrows it down. Else it counts as the newest one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from edge_tasks.openems import felix
from edge_tasks.openems.release import ONE_PROGRAM, RELEASES, TWO_PROGRAMS, VERSION, Release, order, release_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import PurePosixPath

LABEL: Final = "org.opencontainers.image.version"
"""The label by which an image says its version."""

_TAG: Final = re.compile(rf"openems[^:@]*:v?({VERSION})(?![\w.])")
_FETCHED: Final = re.compile(
    rf"/releases/download/({VERSION})/|openems/(?:edge|backend|backend-edge):({VERSION})"
)
_LEAST: Final = {
    "Edge.Manager": TWO_PROGRAMS,
    "Backend.Edge.App": TWO_PROGRAMS,
    "Core.SerialNumber": ONE_PROGRAM,
}
"""PID → the first release that has it."""
_MOST: Final = {"Edge.Websocket": ONE_PROGRAM}
"""PID → the last release that has it."""


class Says(Enum):
    """What a sign says of the release."""

    EXACTLY = "is"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True)
class Sign:
    """Something that says which release it is.

    Attributes:
        version: for example ``2024.7.0``.
        where: the file, image or option that says it, for people.
        says: how.
    """

    version: str
    where: str
    says: Says = Says.EXACTLY

    def allows(self, version: str) -> bool:
        """Whether it can be this release."""
        if self.says is Says.AT_LEAST:
            return order(version) >= order(self.version)
        if self.says is Says.AT_MOST:
            return order(version)[:2] <= order(self.version)[:2]
        return order(version) == order(self.version)

    def __str__(self) -> str:
        """As people read it."""
        said = "" if self.says is Says.EXACTLY else f"{self.says.value} "
        return f"{said}{self.version} ({self.where})"


@dataclass(frozen=True)
class Recognised:
    """The release of a checkout.

    Attributes:
        version: as it was said, or as it is assumed.
        release: what holds for it.
        why: by what it was recognised, for people.
        is_sure: something says the release itself.
        against: signs of another release.
    """

    version: str
    release: Release
    why: str
    is_sure: bool
    against: tuple[Sign, ...] = ()

    @property
    def is_newer_than_known(self) -> bool:
        """It is treated as the newest release that we know."""
        return order(self.version)[:2] > order(RELEASES[-1].since)[:2]


def recognise(signs: Sequence[Sign]) -> Recognised:
    """The release that the signs speak for, the strongest sign first."""
    exact = next((sign for sign in signs if sign.says is Says.EXACTLY), None)
    if exact is not None:
        against = tuple(sign for sign in signs if not sign.allows(exact.version))
        return Recognised(exact.version, release_of(exact.version), exact.where, is_sure=True, against=against)
    allowed = [one for one in RELEASES if all(sign.allows(one.since) for sign in signs)]
    found = allowed[-1] if allowed else RELEASES[-1]
    against = tuple(sign for sign in signs if not sign.allows(found.since))
    said = "; ".join(map(str, signs))
    why = f"{said}; nothing says which, so the newest of these" if allowed and signs else _NOTHING
    return Recognised(found.since, found, why, is_sure=False, against=against)


_NOTHING: Final = "nothing says it, so the newest that is known"


def sign_of_image(image: str) -> Sign | None:
    """What the name of an image says, if its tag is a release: ``openems/edge:2024.7.0``."""
    match = _TAG.search(image)
    return Sign(match[1], f"image {image}") if match else None


def sign_of_label(image: str, labels: Mapping[str, str]) -> Sign | None:
    """What the image itself says, if it is one of OpenEMS."""
    version = labels.get(LABEL, "")
    is_release = re.fullmatch(VERSION, version) and "openems" in image
    return Sign(version, f"label {LABEL} of {image}") if is_release else None


def sign_of_dockerfile(text: str, name: str) -> Sign | None:
    """The release that a Dockerfile, called ``name``, fetches or stands on."""
    match = _FETCHED.search(text)
    return Sign(match[1] or match[2], f"{name}, which fetches it") if match else None


def signs_of_files(files: Mapping[PurePosixPath, str], folder: str) -> Iterator[Sign]:
    """What configuration files, by path below ``folder``, say by being there."""
    bounds = ((_LEAST, Says.AT_LEAST), (_MOST, Says.AT_MOST))
    for pids, says in bounds:
        for pid, version in pids.items():
            if (path := felix.path_of(pid)) in files:
                yield Sign(version, f"{folder}/{path}", says)
