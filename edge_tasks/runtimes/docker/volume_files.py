"""The configuration that programs of OpenEMS' own images have in their volumes, as far as it can be seen."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.roles import BACKEND_EDGE

if TYPE_CHECKING:
    from edge_tasks.adapters.docker import Docker
    from edge_tasks.checkout.survey import Survey

_BEGIN, _NAMED = "\x1e", "\x1f"
_PRINT: Final = 'printf "\\036%s\\037" "$1"; cat "$1"'
_SHOW: Final = f"""cd /config && find . -type f -name '*.config' -exec sh -c '{_PRINT}' sh {{}} \\;"""
"""Each file, with its path before it."""


def read_volumes(docker: Docker, survey: Survey) -> dict[str, dict[PurePosixPath, str]]:
    """Role → its files, by path below ``config.d``, of those whose volume is there and has some.

    They are looked at through a container of the same image, which must be here.

    Raises:
        CommandFailed: the engine could not run it.
    """
    found = {}
    for role in ("backend", BACKEND_EDGE):
        name = survey.volume(role) if survey.is_completed(role) else ""
        if name and (files := _read(docker, survey, role, f"{survey.project.name}_{name}")):
            found[role] = files
    return found


def _read(docker: Docker, survey: Survey, role: str, volume: str) -> dict[PurePosixPath, str]:
    image = survey.project.image(survey.players[role])
    is_there = docker.ask("volume", "ls", "-q", "--filter", f"name=^{volume}$").strip()
    if not is_there or not docker.images((image,)):
        return {}
    how = ("run", "--rm", "--network", "none", "-v", f"{volume}:/config:ro", "--entrypoint", "sh")
    return parsed_files(docker.ask(*how, image, "-c", _SHOW))


def parsed_files(said: str) -> dict[PurePosixPath, str]:
    """Path → text, of what the container printed."""
    parts = (part.partition(_NAMED) for part in said.split(_BEGIN) if part)
    return {PurePosixPath(path): text for path, named, text in parts if named}
