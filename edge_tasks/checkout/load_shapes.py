"""Load shapes as files: which YAML a profile's name or path means, read and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.rendering import templates_folder
from edge_tasks.checkout import load_readings, yaml_text
from edge_tasks.errors import SettingsError
from edge_tasks.openems.load_curve import Profile, ProfileError
from edge_tasks.openems.load_curve_content import read_clock
from edge_tasks.openems.load_curve_part import Part
from edge_tasks.openems.load_curve_terms import KINDS, REPEATS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSTANT: Final = "constant"
"""The name for no profile: the template's datasources as they are."""

FOLDER: Final = "profiles"
"""Below the project's templates, and below a platform for the user's own."""

_ENDING: Final = ".yaml"
_ENDINGS: Final = (_ENDING, ".yml")


@dataclass(frozen=True)
class LoadShape:
    """A profile that light edges are to follow.

    Attributes:
        content: JSON values, as the fleet file has them, without the description, which only people read.
        profile: the same, ready for use.
    """

    content: Mapping[str, object]
    profile: Profile

    @cached_property
    def digest(self) -> str:
        """A digest of the content."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()[:16]


def find(name: str, platform: Path) -> LoadShape | None:
    """What ``--profile`` means in a platform: its own file of that name, one of the project's, or a path.

    Raises:
        SettingsError: there is none, or it is not a profile; with file, key and what is allowed.
    """
    if name == CONSTANT:
        return None
    path = Path(name) if is_path(name) else _named(name, platform)
    text = _text(path)
    content = _content(path, text)
    try:
        content = _with_readings(content, path)
        profile = Profile.of(content)
    except ProfileError as error:
        raise _refusal(error, path, text) from None
    return LoadShape({key: value for key, value in content.items() if key != "description"}, profile)


def absolute(name: str, folder: Path) -> str:
    """A path made absolute, so that it can be saved; a name as it is."""
    return str((folder / Path(name).expanduser()).resolve()) if is_path(name) else name


def is_path(name: str) -> bool:
    """Whether this is a path and not a name: it has a slash or the ending of a YAML file."""
    return "/" in name or name.endswith(_ENDINGS)


def names(platform: Path) -> tuple[str, ...]:
    """All names that can be typed as ``--profile``."""
    found = {path.stem for folder in _folders(platform) for path in folder.glob(f"*{_ENDING}")}
    return (CONSTANT, *sorted(found - {CONSTANT}))


def _named(name: str, platform: Path) -> Path:
    for folder in _folders(platform):
        if (folder / f"{name}{_ENDING}").is_file():
            return folder / f"{name}{_ENDING}"
    raise SettingsError(
        f"there is no profile {name!r}",
        hint=f"one of {', '.join(names(platform))}; or your own file: --profile ./{name}{_ENDING},"
        f" or {platform / FOLDER / name}{_ENDING}",
    )


def _folders(platform: Path) -> tuple[Path, Path]:
    return platform / FOLDER, templates_folder() / FOLDER


def _refusal(error: ProfileError, path: Path, text: str) -> SettingsError:
    """The error with its line. If readings are wrong, it is the line of the file that has them."""
    keys, problem = error.keys, error.problem
    if keys[1:2] == ("series",) and "csv:" in text:
        keys, problem = (keys[0], "csv"), problem.replace("series", "csv", 1)
    where = f"{path}:{yaml_text.line_of(text, *keys)}" if keys else str(path)
    return SettingsError(f"{where}: {problem}", hint=f"allowed: {error.allowed}")


def _with_readings(content: dict[str, object], path: Path) -> dict[str, object]:
    """The content with the readings themselves in place of the files that have them.

    Raises:
        ProfileError: a file is named wrongly.
        SettingsError: a file cannot be used.
    """
    found = dict(content)
    for kind in KINDS:
        section = content.get(kind)
        if isinstance(section, dict) and "csv" in section:
            series = _readings(section["csv"], kind, path, content)
            found[kind] = {key: value for key, value in section.items() if key != "csv"} | {"series": series}
    return found


def _readings(csv: object, kind: Kind, path: Path, content: dict[str, object]) -> dict[str, object]:
    part = Part({"file": csv} if isinstance(csv, str) else csv, (kind, "csv"), ("file", "repeat"))
    name, repeat = part.items.get("file"), part.choice("repeat", REPEATS[0], REPEATS)
    if not isinstance(name, str) or not name:
        part.fail(f"file is {name!r}", "the path of a CSV file, from the profile's folder", "file")
    file = path.parent / Path(name).expanduser()
    clock = read_clock(content)
    try:
        return {**load_readings.series_of(_text(file, "the readings"), clock), "repeat": repeat}
    except load_readings.ReadingsError as error:
        raise SettingsError(f"{file}:{error.line}: {error.problem}", hint=f"allowed: {error.allowed}") from None


def _text(path: Path, what: str = "the profile") -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        hint = "name another with --profile" if what == "the profile" else "correct csv in the profile"
        raise SettingsError(f"{what} {path} cannot be read: {error.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8", hint="save it as UTF-8") from None


def _content(path: Path, text: str) -> dict[str, object]:
    try:
        content = yaml_text.load(text)
    except yaml_text.YamlError as error:
        where = f"{path}:{error.line}" if error.line else str(path)
        raise SettingsError(
            f"{where}: not valid YAML: {error.problem}", hint="correct it there, or name another file"
        ) from None
    if not isinstance(content, dict):
        raise SettingsError(
            f"{path} is not a profile", hint="keys with values, such as consumption: {day: [1, 2]}"
        )
    return content
