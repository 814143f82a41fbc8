"""The configuration that programs of OpenEMS' own images have in their volumes, as far as it can be seen."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.roles import BACKEND_EDGE
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from edge_tasks.adapters.docker import Docker
    from edge_tasks.checkout.survey import Survey

_BEGIN, _NAMED = "\x1e", "\x1f"
_PRINT: Final = 'printf "\\036%s\\037" "$1"; cat "$1"'
_SHOW: Final = f"""
cd "$1" 2>/dev/null || exit 0
find . -type f -name '*.config' -exec sh -c '{_PRINT}' sh {{}} \\;
"""
"""Each file below a folder, with its path before it; nothing if there is no such folder."""


def read_volumes(docker: Docker, survey: Survey) -> dict[str, dict[PurePosixPath, str]]:
    """Role → its files, by path below ``config.d``, of those whose volume is there and has some.

    They are looked at through a container of the same image, or of another release of it.

    Raises:
        CommandFailed: the volume is there, and no such image, or the engine could not run it.
    """
    found = {}
    for role in ("backend", BACKEND_EDGE):
        name, folder = survey.place_in_volume(role) if survey.is_completed(role) else ("", PurePosixPath())
        volume = survey.project.volume(name)
        if name and docker.has_volume(volume):
            image = _image(docker, survey.project.image(survey.players[role]), volume)
            if files := _read(docker, image, volume, PurePosixPath("/config", folder)):
                found[role] = files
    return found


def _image(docker: Docker, wanted: str, volume: str) -> str:
    """One that is here and looks into the volume; without a look, defaults would stand for what is in there."""
    if docker.images((wanted,)):
        return wanted
    repository = without_tag(wanted)
    here = docker.ask("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository).split()
    others = [name for name in here if "<none>" not in name]
    if not others:
        raise CommandFailed(
            f"the volume {volume} may have a configuration, and no image of {repository} is here to read it",
            hint=f"docker pull {wanted}",
        )
    return others[0]


def without_tag(image: str) -> str:
    """The repository of an image: ``host:5000/openems/backend`` of ``host:5000/openems/backend:2026.1.0``."""
    return re.sub(r"(?::[^:/@]+)?(?:@.*)?$", "", image)


def _read(docker: Docker, image: str, volume: str, folder: PurePosixPath) -> dict[PurePosixPath, str]:
    how = ("run", "--rm", "--network", "none", "-v", f"{volume}:/config:ro", "--entrypoint", "sh")
    return parsed_files(docker.ask(*how, image, "-c", _SHOW, "sh", str(folder)))


def parsed_files(said: str) -> dict[PurePosixPath, str]:
    """Path → text, of what the container printed."""
    parts = (part.partition(_NAMED) for part in said.split(_BEGIN) if part)
    return {PurePosixPath(path): text for path, named, text in parts if named}
