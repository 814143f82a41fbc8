"""Files from the web, whole or not at all."""

from __future__ import annotations

import hashlib
import http.client
import ssl
import tarfile
import urllib.error
import urllib.request
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import writing
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK: Final = 256 * 1024
_TIMEOUT_S: Final = 30
_CERTIFICATES: Final = "if your proxy has a certificate of its own, name its file in SSL_CERT_FILE"


def fetch(url: str, path: Path, expected: str | None, progress: Callable[[int, int | None], None]) -> str:
    """Write what is at ``url`` to ``path``; its SHA-256.

    Args:
        url: http or https.
        path: written under another name and renamed, so that it is never incomplete.
        expected: the SHA-256 that it had the last time; None the first time.
        progress: called with the bytes so far, and the total if it is known.

    Raises:
        CommandFailed: it cannot be fetched, is incomplete, or has changed since the last time; with what to do
            by hand.
        NotWritable: the place cannot be written.
    """
    new = path.with_name(f".{path.name}.new")
    by_hand = f"put the file at {path} by hand, then run it again"
    try:
        digest = _download(url, new, progress)
    except (OSError, http.client.HTTPException) as error:
        _remove(new)
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is the answer, too, and holds its socket
        reason = getattr(error, "reason", None) or error
        hint = f"{_CERTIFICATES}; or {by_hand}" if isinstance(reason, ssl.SSLCertVerificationError) else by_hand
        raise CommandFailed(f"{url} cannot be fetched: {reason}", hint=hint) from None
    if expected is not None and digest != expected:
        _remove(new)
        raise CommandFailed(
            f"{url} has changed since the last download: its SHA-256 is {digest}, and was {expected}",
            hint=by_hand,
        )
    with writing(path):
        new.replace(path)
    return digest


def is_whole(path: Path) -> bool:
    """Whether a jar, a wheel or a ``.tar.gz`` can be read to its end; of the former the end alone is read."""
    if not path.name.endswith(".tar.gz"):
        return zipfile.is_zipfile(path)
    try:
        with tarfile.open(path) as archive:
            return bool(archive.getnames())
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return False


def _download(url: str, new: Path, progress: Callable[[int, int | None], None]) -> str:
    digest, done = hashlib.sha256(), 0
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http or https, as settings check
        length = answer.headers.get("Content-Length")
        total = int(length) if length else None
        with writing(new), new.open("wb") as file:
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                progress(done, total)
    if total is not None and done != total:
        raise OSError(f"it ended after {done} of {total} bytes")
    return digest.hexdigest()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
