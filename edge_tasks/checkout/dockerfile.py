"""What we need to know of a Dockerfile: the images that it stands on, and where it copies to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ARG: Final = re.compile(r"\s*ARG\s+(\w+)(?:=(\S*))?", re.IGNORECASE)
_FROM: Final = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_COPY_FROM: Final = re.compile(r"\s*(?:COPY|ADD)\s+(?:--\S+\s+)*?--from=(\S+)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")

_JAVA: Final = re.compile(r"(?:temurin|openjdk|corretto|semeru-runtimes|java):?(?:open-)?(\d+)")
"""Names of images with a version of Java in their tag or name."""

_WORKDIR: Final = re.compile(r"\s*WORKDIR\s+(\S+)", re.IGNORECASE)
_COPY: Final = re.compile(r"\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(?:\./)?config\.d/?\s+(\S+)", re.IGNORECASE)


def bases(text: str, arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The images of all stages, in order; stages themselves and ``scratch`` are none.

    Args:
        text: of the Dockerfile.
        arguments: ``build.args`` of the service, which beat the defaults of ``ARG``.
    """
    values: dict[str, str] = {}
    stages: list[str] = ["scratch"]
    found: list[str] = []
    for line in text.splitlines():
        if match := _ARG.match(line):
            if not found:  # those after the first FROM are of its stage
                values[match[1]] = arguments.get(match[1], (match[2] or "").strip("\"'"))
        elif match := _FROM.match(line):
            found.append(_filled(match[1], values))
            stages.append((match[2] or "").lower())
        elif match := _COPY_FROM.match(line):
            found.append(_filled(match[1], values))
    named = (name for name in found if name.lower() not in stages and not name.isdigit())
    return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class JavaBase:
    """The Java of an image that a Dockerfile makes.

    Attributes:
        version: for example 17.
        line: of the ``FROM`` that says it, counted from 1.
        dockerfile: that has the line.
    """

    version: int
    line: int
    dockerfile: Path


def java_of(text: str, arguments: Mapping[str, str], path: Path) -> JavaBase | None:
    """The Java of the last stage, if the name of the image that it stands on says it.

    Args:
        text: of the Dockerfile.
        arguments: as :func:`bases` takes them.
        path: of the Dockerfile.
    """
    values: dict[str, str] = {}
    last: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if match := _ARG.match(line):
            values[match[1]] = arguments.get(match[1], (match[2] or "").strip("\"'"))
        elif match := _FROM.match(line):
            last = number, _filled(match[1], values)
    found = _JAVA.search(last[1]) if last else None
    if last is None or found is None:
        return None
    return JavaBase(int(found[1]), last[0], path)


def copied_to(text: str) -> str | None:
    """Where an image has the build context's ``config.d``; None when its Dockerfile does not copy it."""
    folder = PurePosixPath("/")
    for line in text.splitlines():
        if found := _WORKDIR.match(line):
            folder /= found[1]
        elif found := _COPY.match(line):
            return str(folder / PurePosixPath(found[1]))
    return None


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1] or match[2]) or match[3] or "", text)
