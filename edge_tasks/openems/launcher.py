"""Make the launcher of an OpenEMS jar (bnd's) take the jar's bundles from a folder. Pure.

Otherwise it copies all 240 of them into a new folder of the container at each start: 56 MB in a thousand files,
which takes a sixth of the CPU time that an edge needs until it is connected (docs/benchmarks.md).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PROPERTIES: Final = "launcher.properties"
"""Its name in the jar, and the system property that names another file instead."""

BUNDLES: Final = PurePosixPath("/edge-tasks/bundles")
"""Where an edge's container has the bundles, and the launcher's properties beside them."""

CACHE: Final = PurePosixPath("/edge-tasks/cache")
"""Where an edge's container has a file system in memory, for Felix' notes on the bundles."""

_FOLDED: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\\r?\n[ \t\f]*")
_BUNDLES: Final = "launch.bundles"
_EMBEDDED: Final = "launch.embedded"
_STORAGE: Final = "launch.storage.dir"


def jar_of(words: Iterable[str], directory: str) -> PurePosixPath | None:
    """The jar that a container's command runs; None when it runs no jar.

    Args:
        words: those of the entrypoint and the command; one of them may be a whole command line.
        directory: the one in which the command is run.
    """
    parts = [part.strip("'\"") for word in words for part in word.split()]
    after = parts[parts.index("-jar") + 1 :] if "-jar" in parts else []
    if not after or "$" in after[0]:
        return None
    return PurePosixPath(directory or "/", after[0])


def bundles_of(properties: str) -> tuple[PurePosixPath, ...]:
    """The paths of the bundles in a jar; none when one of them would lead out of a folder."""
    found = dict(_entries(properties))
    if found.get(_EMBEDDED) != "true":
        return ()
    paths = tuple(PurePosixPath(path.strip()) for path in found.get(_BUNDLES, "").split(",") if path.strip())
    leads_out = any(path.is_absolute() or ".." in path.parts for path in paths)
    return () if leads_out else paths


def outside(properties: str) -> str:
    """The launcher's properties, changed: the bundles are in :data:`BUNDLES`, the cache in :data:`CACHE`.

    Felix then reads the bundles where they are ("by reference").
    """
    bundles = ",".join(str(BUNDLES / path) for path in bundles_of(properties))
    changed = {_BUNDLES: bundles, _EMBEDDED: "false", _STORAGE: str(CACHE / "felix")}
    kept = [line for line in _lines(properties) if _key(line) not in changed]
    return "\n".join((*kept, *(f"{key}={value}" for key, value in changed.items()), ""))


def _lines(properties: str) -> list[str]:
    """The lines with a property, with folded lines joined and comments left out."""
    lines = (line.lstrip() for line in _FOLDED.sub(r"\1", properties).splitlines())
    return [line for line in lines if line and line[0] not in "#!"]


def _entries(properties: str) -> Iterable[tuple[str, str]]:
    for line in _lines(properties):
        key = _key(line)
        yield key, re.sub(r"\\(.)", r"\1", line[len(key) :].lstrip(" \t=:"))


def _key(line: str) -> str:
    """What is before the first ``=``, ``:`` or blank; no key that we read has an escape in it."""
    return re.split(r"[=:\s]", line, maxsplit=1)[0]
