"""The services of a compose file as they are written, in the form that Compose resolves them to.

For runtimes without Compose. Variables stay as they are written, since Compose fills them in wherever we repeat
them. So a file whose name has a variable in it is not read.
"""

from __future__ import annotations

import os
import shlex
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from edge_tasks.adapters.files import read_utf8
from edge_tasks.checkout import yaml_text
from edge_tasks.checkout.merging import merged, merged_services
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.checkout.project import Build, Service, Volume

_MOST_INCLUDES: Final = 50
_MOST_EXTENDS: Final = 20
"""What includes or extends itself ends here; Compose itself refuses it."""


def parse_services(text: str, name: str, folder: Path) -> dict[str, Service]:
    """The services of one compose file.

    Args:
        text: of the file.
        name: of the file, for messages.
        folder: which relative paths in it are relative to.

    Raises:
        SettingsError: it is no YAML (with the line), or has no services and includes none.
    """
    return _services(_with_services(text, name), folder)


def _with_services(text: str, name: str) -> Mapping[str, object]:
    document = _document(text, name)
    if not isinstance(document.get("services"), dict) and "include" not in document:
        raise SettingsError(f"{name} has no services", hint="is it a compose file?")
    return document


def _services(document: Mapping[str, object], folder: Path) -> dict[str, Service]:
    entries = _mapping(document.get("services"))
    return {name: _whole(name, entries, folder, _MOST_EXTENDS) for name in entries}


def read_services(files: Sequence[Path], folder: Path) -> dict[str, Service]:
    """The services of compose files, each on top of those before it, and of the files that they include.

    Args:
        files: the first one, and overrides, which may have no services.
        folder: which relative paths in them are relative to.

    Raises:
        SettingsError: a file is no YAML (with the line), or cannot be read.
    """
    first, *overrides = files
    found = _read(first, folder)
    for file in overrides:
        found = merged_services(found, _services(_document(read_utf8(file), str(file)), folder))
    return found


def _read(file: Path, folder: Path) -> dict[str, Service]:
    found: dict[str, Service] = {}
    waiting = [(file, folder)]
    for _ in range(_MOST_INCLUDES):
        if not waiting:
            break
        path, base = waiting.pop(0)
        document = _with_services(read_utf8(path), str(path))
        found = {**_services(document, base), **found}
        waiting += _included(document.get("include"), path.parent, base)
    return found


def _included(entries: object, beside: Path, base: Path) -> Iterator[tuple[Path, Path]]:
    """The files of ``include``, each with the folder that its paths are relative to."""
    for entry in entries if isinstance(entries, list) else ():
        paths = entry.get("path") if isinstance(entry, dict) else entry
        named = entry.get("project_directory") if isinstance(entry, dict) else None
        first = None
        for path in paths if isinstance(paths, list) else [paths]:
            file = Path(str(path))
            first = first or (base / file).parent
            yield beside / file, base / str(named) if named else first


def _whole(name: str, services: Mapping[str, object], folder: Path, depth: int) -> Service:
    """A service with what it takes over by ``extends``, of the same file or of another one."""
    entry = _mapping(services.get(name))
    own = _resolved(entry, folder)
    extends = entry.get("extends")
    if not extends or not depth:
        return own
    named = {"service": extends} if isinstance(extends, str) else _mapping(extends)
    file = str(named.get("file") or "")
    if "$" in file:
        return own
    beside, others = folder, services
    if file:
        path = folder / file
        beside, others = path.parent, _mapping(_document(read_utf8(path), str(path)).get("services"))
    return merged(_whole(str(named.get("service", name)), others, beside, depth - 1), own)


def _document(text: str, name: str) -> Mapping[str, object]:
    try:
        document = deepcopy(_loaded(text))
    except yaml_text.YamlError as error:
        where = f"{name}:{error.line}" if error.line else name
        raise SettingsError(f"{where}: not valid YAML", hint="docker compose config says more") from None
    return _mapping(document)


@lru_cache(maxsize=_MOST_INCLUDES)
def _loaded(text: str) -> object:
    """A call reads the files before it has the platform's lock, and again then; to copy takes a tenth of it."""
    return yaml_text.load(text, any_tag=True)


def _resolved(entry: Mapping[str, object], folder: Path) -> Service:
    changed: dict[str, object] = {
        "build": _build(entry.get("build"), folder),
        "entrypoint": _words(entry.get("entrypoint")),
        "command": _words(entry.get("command")),
        "environment": _environment(entry.get("environment")),
        "env_file": _files(entry.get("env_file"), folder),
        "networks": _networks(entry.get("networks")),
        "ports": [{"target": target} for port in _list(entry.get("ports")) if (target := _target(port))],
        "volumes": [_volume(volume, folder) for volume in _list(entry.get("volumes"))],
    }
    others = {key: value for key, value in entry.items() if key not in (*changed, "extends")}
    return cast("Service", {**others, **{key: value for key, value in changed.items() if value}})


def _build(value: object, folder: Path) -> Build | None:
    context = _mapping(value).get("context") if isinstance(value, dict) else value
    return {"context": _path(str(context), folder)} if context else None


def _words(value: object) -> list[str]:
    return shlex.split(value) if isinstance(value, str) else [str(word) for word in _list(value)]


def _environment(value: object) -> dict[str, str | None]:
    if isinstance(value, dict):
        return {str(name): _scalar(found) for name, found in value.items()}
    pairs = (str(item).partition("=") for item in _list(value))
    return {name: found if equals else None for name, equals, found in pairs}


def _scalar(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _files(value: object, folder: Path) -> list[str]:
    entries = [value] if isinstance(value, str) else _list(value)
    paths = (entry.get("path") if isinstance(entry, dict) else entry for entry in entries)
    return [_path(f"./{path}", folder) for path in paths]


def _networks(value: object) -> dict[str, object]:
    names = value if isinstance(value, dict) else dict.fromkeys(map(str, _list(value)))
    return {str(name): more for name, more in names.items()}


def _target(port: object) -> int:
    """The port inside, of ``127.0.0.1:8080:80/tcp`` or the long form; 0 if a variable or a range has it."""
    inside = str(port.get("target") if isinstance(port, dict) else port).rpartition(":")[2].partition("/")[0]
    return int(inside) if inside.isdigit() else 0


def _volume(value: object, folder: Path) -> Volume:
    if isinstance(value, dict):
        source = str(value.get("source") or "")
        found = {**value, "source": _path(source, folder)} if value.get("type") == "bind" else dict(value)
        return cast("Volume", found)
    source, target, options = (*str(value).split(":"), "", "")[:3]
    if not target:
        return {"type": "volume", "target": source}
    read_only: Volume = {"read_only": True} if "ro" in options.split(",") else {}
    if source.startswith((".", "/", "~")):
        return {"type": "bind", "source": _path(source, folder), "target": target, **read_only}
    return {"type": "volume", "source": source, "target": target, **read_only}


def _path(text: str, folder: Path) -> str:
    path = Path(text)
    return os.path.normpath(folder / (path.expanduser() if text.startswith("~") else path))


def _mapping(value: object) -> Mapping[str, object]:
    return {str(key): found for key, found in value.items()} if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
