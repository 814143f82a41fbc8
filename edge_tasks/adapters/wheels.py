"""Python packages for another machine, fetched by pip."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import writing
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_GLIBC: Final = ("manylinux_2_17", "manylinux2014", "manylinux_2_28")
_TAIL_LINES: Final = 5
_SOON: Final = ("--retries", "1", "--timeout", "15")
"""Without a network pip would try for a minute."""


def installed(names: Iterable[str]) -> tuple[str, ...]:
    """``name==version`` of each, as it is installed here."""
    return tuple(f"{name}=={version(name)}" for name in names)


def fetch(requirements: Collection[str], folder: Path, *, python: str, architecture: str) -> None:
    """Put packages, with what they need, into a folder, for a Linux with glibc.

    Args:
        requirements: as pip takes them.
        folder: is made when it is not there.
        python: e.g. ``3.12``.
        architecture: as Docker calls it: ``amd64``, ``arm64``.

    Raises:
        CommandFailed: pip's last lines.
    """
    machine = _MACHINES.get(architecture, architecture)
    platforms = [part for glibc in _GLIBC for part in ("--platform", f"{glibc}_{machine}")]
    where = ("--target", str(folder), "--python-version", python, "--only-binary=:all:")
    code, said = _pip("install", *where, *platforms, *requirements)
    if code:
        raise CommandFailed(
            f"pip could not fetch {', '.join(requirements)} for Python {python} on {architecture}\n    {said}",
            hint="make sure that pip can reach its package index, then run it again",
        )


def fetch_wheel(requirement: str, sha256: str, path: Path) -> None:
    """Fetch one wheel, whichever Python it is for, whole or not at all.

    Args:
        requirement: ``name==version``.
        sha256: what it must be.
        path: where it is put.

    Raises:
        CommandFailed: pip's last lines, and what to do by hand.
        NotWritable: the place cannot be written.
    """
    with writing(path), TemporaryDirectory(dir=path.parent) as folder:
        wanted = Path(folder, "wanted.txt")
        wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
        how = ("--no-deps", "--ignore-requires-python", "--only-binary=:all:", "--require-hashes")
        code, said = _pip("download", *how, *_SOON, "--dest", folder, "--requirement", str(wanted))
        fetched = next(Path(folder).glob("*.whl"), None)
        if code or fetched is None:
            raise CommandFailed(
                f"pip could not fetch {requirement}\n    {said}",
                hint=f"put {path.name}, or another version of it, into {path.parent} by hand, then run it again",
            )
        fetched.replace(path)


def _pip(*arguments: str) -> tuple[int, str]:
    """Its exit code and last lines."""
    done = subprocess.run(  # noqa: S603 - our own interpreter's pip
        [
            *(sys.executable, "-m", "pip", arguments[0], "--quiet", "--no-input"),
            *("--disable-pip-version-check", *arguments[1:]),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, "\n    ".join(done.stdout.strip().splitlines()[-_TAIL_LINES:])
