"""What we need to know of a Dockerfile: the images that it stands on, and where it copies to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
    found = tuple(_sources(text, arguments))
    stages = {"scratch", *(one.stage for one in found if one.stage is not None)}
    named = (one.image for one in found if one.image.lower() not in stages and not one.image.isdigit())
    return tuple(dict.fromkeys(named))


class _Source(NamedTuple):
    """An image that a Dockerfile names.

    Attributes:
        line: counted from 1.
        image: its name, with the values of variables.
        stage: the name of the stage that ``FROM`` begins, empty if it has none; None of what is only copied from.
    """

    line: int
    image: str
    stage: str | None


def _sources(text: str, arguments: Mapping[str, str]) -> Iterator[_Source]:
    values: dict[str, str] = {}
    is_before_stages = True
    for number, line in enumerate(text.splitlines(), 1):
        if match := _ARG.match(line):
            if is_before_stages:  # those after the first FROM are of its stage
                values[match[1]] = arguments.get(match[1], (match[2] or "").strip("\"'"))
        elif match := _FROM.match(line):
            is_before_stages = False
            yield _Source(number, _filled(match[1], values), (match[2] or "").lower())
        elif match := _COPY_FROM.match(line):
            yield _Source(number, _filled(match[1], values), None)


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
    stages = [one for one in _sources(text, arguments) if one.stage is not None]
    found = _JAVA.search(stages[-1].image) if stages else None
    return JavaBase(int(found[1]), stages[-1].line, path) if found else None


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
