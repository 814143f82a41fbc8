"""Which platform is meant: the one that is named, that one is in, or that was used last."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import in_utf8, write_file, writing
from edge_tasks.checkout.compose_file import find_compose_files
from edge_tasks.checkout.layouts import DOCKER_OPENEMS, Platform, bundled_source
from edge_tasks.checkout.template_place import find_template
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from edge_tasks.checkout.home import Home

_BUNDLED_NAME: Final = "platform"
"""Where the bundled platform is laid out, in the home folder."""
_LAST_USED: Final = ".edge-tasks-platform"


def find_platform(chosen: str | None, home: Home, cwd: Path) -> Platform:
    """The platform that was named, else the one that home lies in, else the one used last, else the bundled one.

    Raises:
        SettingsError: the named one is not a directory, or is part of the program, or its path is not UTF-8.
    """
    bundled = home.folder / _BUNDLED_NAME
    named = (cwd / Path(chosen).expanduser()).resolve() if chosen else None
    path = named or find_surrounding(home) or _last_used(home) or bundled
    _require_utf8(path)
    if path.is_relative_to(bundled_source()):
        raise SettingsError(
            f"{path} is part of edge-tasks itself, which stays as it is",
            hint="type it in another folder, or name a docker-openems checkout with --platform",
        )
    if path == bundled:
        return Platform(bundled, bundled=True)
    if not path.is_dir():
        raise SettingsError(
            f"{path} is not a directory", hint="name a docker-openems checkout with --platform, or leave it out"
        )
    return Platform(path, bundled=False)


def _require_utf8(path: Path) -> None:
    """Our files hold the path, and some of them are JSON, which is UTF-8."""
    try:
        in_utf8(path)
    except UnicodeDecodeError:
        raise SettingsError(
            f"the path {path} is not UTF-8", hint="rename the folder whose name is not, or use a copy elsewhere"
        ) from None


def find_surrounding(home: Home) -> Path | None:
    """The platform that home is, or lies in; never for a clone, which works for its own platform."""
    if home.is_clone:
        return None
    folders = (home.folder, *home.folder.parents)
    return next((folder for folder in folders if _is_platform(folder)), None)


def remember(platform: Platform, home: Home) -> None:
    """Note which platform was used last, so that ``inv up`` tomorrow means the same.

    Nothing is noted in a platform: there it is the one that is meant anyway.
    """
    if find_surrounding(home) is None and _last_used(home) != platform.path:
        write_file(home.folder / _LAST_USED, f"{in_utf8(platform.path)}\n")


def forget(platform: Platform, home: Home) -> None:
    """Go back to the bundled platform, when it was this one that was used last."""
    if _last_used(home) in (platform.path, None):
        with writing(home.folder / _LAST_USED):
            (home.folder / _LAST_USED).unlink(missing_ok=True)


def _is_platform(folder: Path) -> bool:
    """Whether it has a compose file with something of OpenEMS."""
    try:
        find_compose_files(folder)
    except SettingsError:
        return False
    return find_template(folder / DOCKER_OPENEMS.template, folder, folder) is not None


def _last_used(home: Home) -> Path | None:
    with suppress(OSError):
        path = Path(os.fsdecode((home.folder / _LAST_USED).read_bytes().strip()))
        if path.is_dir():
            return path
    return None
