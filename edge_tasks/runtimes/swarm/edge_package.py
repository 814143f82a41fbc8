"""An edge's config directory as one secret of a Swarm: packed here, unpacked by the start of its container."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.directories import IGNORED, STAMP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE: Final = "edge-tasks.tar.gz"
"""Its name among a container's secrets."""
MOST_BYTES: Final = 500 * 1000
"""Of a secret in a Swarm."""
_START: Final = f'(umask 0; mkdir -p "$0" && tar -xzf /run/secrets/{FILE} -C "$0") && exec "$@"'
"""The user of the image may be any, and is alone in its container: so all may read and write there."""


def packed(directory: Path) -> bytes:
    """All files of a config directory but our own two; the same files are the same bytes.

    Raises:
        SettingsError: it is too large for a secret.
    """
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in sorted(directory.rglob("*")):
            if path.name not in (STAMP, IGNORED):
                archive.add(path, str(path.relative_to(directory)), recursive=False, filter=_plain)
    found = buffer.getvalue()
    if len(found) > MOST_BYTES:
        raise SettingsError(
            f"{directory} has {len(found)} bytes when packed, and a secret of a Swarm holds {MOST_BYTES}",
            hint="let this edge have fewer --meters, or --runtime docker",
        )
    return found


def name_of(fleet: str, service: str, content: bytes) -> str:
    """The name of the secret: other content has another name, since a secret cannot be changed."""
    return f"{fleet}-{service}-{hashlib.sha256(content).hexdigest()[:16]}"


def start_of(target: str, words: Sequence[str]) -> list[str]:
    """What a container begins with: unpacks its directory into ``target``, and becomes these words."""
    return ["sh", "-c", _START, target, *words]


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without owners and times; readable and writable for every user of the container."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o777 if entry.isdir() else 0o666
    return entry
