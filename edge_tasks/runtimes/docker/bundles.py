"""The bundles of the edges' jar, unpacked once into our folder, which every edge's container mounts."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import directories, remove_directory, writing
from edge_tasks.checkout.inheritance import words_of
from edge_tasks.openems.launcher import BUNDLES, CACHE, PROPERTIES, bundles_of, jar_of, outside

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Volume
    from edge_tasks.fleet.record import Bundles
    from edge_tasks.runtimes.docker.stack import Stack

OPTION: Final = f"-D{PROPERTIES}={BUNDLES / PROPERTIES}"
"""For the JVM of an edge whose bundles are unpacked."""

_ANY_BYTES: Final = "latin-1"
"""Whatever is not ours is returned unchanged, in any encoding."""


def is_looked_at(stack: Stack) -> bool:
    """The edges' present jar was the last one looked into, and what was found is still there."""
    found = _record(stack)
    if found is None or found["of"] != _mark(stack):
        return False
    return not found["folder"] or _is_whole(_home(stack) / found["folder"])


def unpack(stack: Stack) -> str:
    """Look into the edges' image, and unpack what is found; what was done.

    A folder is of one jar of one image, for edges of an older one may still read theirs.
    """
    jar = _jar(stack)
    name = hashlib.sha256("\0".join(_mark(stack)).encode()).hexdigest()[:12]
    home = _home(stack)
    with writing(home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = jar is not None and _unpack(stack, jar, home / name)
        for other in directories(home):
            if other != name or not found:
                remove_directory(home / other)
    stack.context.state.record.note(bundles={"of": _mark(stack), "folder": name if found else ""})
    return "the edges' bundles unpacked" if found else "no bundles found in the edges' image"


def mounts(stack: Stack) -> tuple[Volume, ...]:
    """The mounts of an edge's service; none if nothing is unpacked for its image."""
    found = _record(stack)
    if not stack.options.unpacks_bundles or not found or not found["folder"] or not is_looked_at(stack):
        return ()
    source = f"./{(_home(stack) / found['folder']).relative_to(stack.context.platform.path)}"
    return (
        {"type": "bind", "source": source, "target": str(BUNDLES), "read_only": True},
        {"type": "tmpfs", "target": str(CACHE)},
    )


def _unpack(stack: Stack, jar: PurePosixPath, folder: Path) -> bool:
    if _is_whole(folder):
        return True
    copy = folder.with_suffix(".jar")
    try:
        return stack.docker.copy_out(stack.edge_image.id, jar, copy) and _extract(copy, folder)
    except zipfile.BadZipFile:
        return False
    finally:
        copy.unlink(missing_ok=True)


def _is_whole(folder: Path) -> bool:
    """Whether everything is unpacked; the properties are written last."""
    return (folder / PROPERTIES).is_file()


def _extract(jar: Path, folder: Path) -> bool:
    with zipfile.ZipFile(jar) as archive:
        if PROPERTIES not in archive.namelist():
            return False
        properties = archive.read(PROPERTIES).decode(_ANY_BYTES)
        bundles = bundles_of(properties)
        if not bundles or not {str(path) for path in bundles} <= set(archive.namelist()):
            return False
        folder.mkdir(mode=0o755, exist_ok=True)
        for path in bundles:
            archive.extract(str(path), folder)
    (folder / PROPERTIES).write_text(outside(properties), encoding=_ANY_BYTES)
    return True


def _jar(stack: Stack) -> PurePosixPath | None:
    """The jar's path in the image; None if the service's command names none, or something is mounted over it."""
    service = stack.project.services[stack.services.edge]
    image = stack.edge_image
    directory = str(service.get("working_dir") or image.directory)
    jar = jar_of(words_of(service), directory) or jar_of(image.words, directory)
    covered = [PurePosixPath(str(volume["target"])) for volume in service.get("volumes") or ()]
    return None if jar is None or any(jar.is_relative_to(target) for target in covered) else jar


def _mark(stack: Stack) -> list[str]:
    """What identifies the jar: the image and the jar's path; the path is empty if there is none."""
    return [stack.edge_image.id, str(_jar(stack) or "")]


def _record(stack: Stack) -> Bundles | None:
    return stack.context.state.record.entries().get("bundles")


def _home(stack: Stack) -> Path:
    return stack.context.state.folder / "bundles"
