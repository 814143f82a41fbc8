"""A file in the writable layer of a container, which goes with the container."""

from __future__ import annotations

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from edge_tasks.adapters.docker import Docker

_NOT_THERE: Final = ("Could not find the file", "No such container:path")
"""So say engines since 23, and those before."""


def read_in_container(docker: Docker, container: str, path: PurePosixPath) -> bytes | None:
    """A file of a container, which may be stopped; None if it is not there.

    Raises:
        CommandFailed: the engine could not copy it.
    """
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "file.tar"
        try:
            docker.save(archive, "cp", "--follow-link", f"{container}:{path}", "-")
        except CommandFailed as error:
            if any(words in error.message for words in _NOT_THERE):
                return None
            raise
        with tarfile.open(archive) as members:
            found = members.next()
            content = members.extractfile(found) if found is not None else None
            return content.read() if content is not None else None
