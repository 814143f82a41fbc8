"""Python packages for another machine, fetched by pip."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_GLIBC: Final = ("manylinux_2_17", "manylinux2014", "manylinux_2_28")
_TAIL_LINES: Final = 5


def installed(names: Iterable[str]) -> tuple[str, ...]:
    """``name==version`` of each, as it is installed here."""
    return tuple(f"{name}=={version(name)}" for name in names)


def fetch(requirements: Iterable[str], folder: Path, *, python: str, architecture: str) -> None:
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
    done = subprocess.run(  # noqa: S603 - our own interpreter's pip
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--target", str(folder), "--python-version", python, "--only-binary=:all:"),
            *(*platforms, *requirements),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n    ".join(done.stdout.strip().splitlines()[-_TAIL_LINES:])
        raise CommandFailed(
            f"pip could not fetch {', '.join(requirements)} for Python {python} on {architecture}\n    {said}",
            hint="make sure that pip can reach its package index, then run it again",
        )
