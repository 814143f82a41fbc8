"""The file that carries apikeys from the machine with the fleet to others whose edges use them: CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import read_utf8, write_file
from edge_tasks.adapters.named_file import FileKind, has_titles
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_NAME: Final = re.compile(r"edge(0|[1-9][0-9]{0,5})")
_OTHERS_MAY: Final = stat.S_IRWXG | stat.S_IRWXO
_FORM: Final = "name,apikey or name,apikey,seed"


@dataclass(frozen=True)
class EdgeKey:
    """What an edge elsewhere is given: its fields are the columns of the file.

    Attributes:
        name: ``edge3``.
        apikey: a secret.
        seed: what its load curves are drawn from; empty if the file does not say.
    """

    name: str
    apikey: str = field(repr=False)
    seed: str = ""

    @property
    def index(self) -> int:
        """3 of ``edge3``."""
        return int(self.name.removeprefix("edge"))


_COLUMNS: Final = tuple(one.name for one in fields(EdgeKey))


def _is_json(path: Path) -> bool:
    rows = json.loads(path.read_bytes())
    return isinstance(rows, list) and all(
        isinstance(row, dict) and set(_COLUMNS[:2]) <= row.keys() <= set(_COLUMNS) for row in rows
    )


FILE: Final = FileKind(
    "file of inv export-keys",
    "keys",
    {".csv": has_titles(_COLUMNS, _COLUMNS[:2]), ".json": _is_json},
)


def write_keys(path: Path, keys: Sequence[EdgeKey]) -> None:
    """Write a file of keys that only its owner can read.

    Raises:
        NotWritable: it cannot be written.
    """
    rows = [asdict(key) for key in keys]
    is_json = path.suffix.lower() == ".json"
    write_file(path, json.dumps(rows, indent=1) + "\n" if is_json else _csv(rows))


def read_keys(path: Path) -> tuple[EdgeKey, ...]:
    """The keys of a file, by the edges' numbers.

    Raises:
        SettingsError: it cannot be read or used, or others may read it; with the line or the place in the list.
    """
    text = read_utf8(path)
    if path.stat().st_mode & _OTHERS_MAY:
        raise SettingsError(f"{path} has apikeys, and other users may read it", hint=f"chmod 600 {path}")
    rows = _json_rows(path, text) if path.suffix.lower() == ".json" else _csv_rows(path, text)
    keys: dict[str, EdgeKey] = {}
    users: dict[str, str] = {}
    for where, row in rows:
        key = _key(where, row)
        if key.name in keys:
            raise SettingsError(f"{where}: {key.name} is there twice", hint="remove one of them")
        other = users.setdefault(key.apikey, key.name)
        if other != key.name:
            raise SettingsError(
                f"{where}: {key.name} has the apikey of {other}", hint="give each edge an apikey of its own"
            )
        keys[key.name] = key
    if not keys:
        raise SettingsError(f"{path} has no apikeys", hint=f"a line {_FORM}, then one for each edge")
    return tuple(sorted(keys.values(), key=lambda key: key.index))


def _key(where: str, row: Mapping[str, object]) -> EdgeKey:
    name, apikey, seed = (row.get(column) or "" for column in _COLUMNS)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SettingsError(f"{where}: the name of an edge is missing or wrong", hint="a name like edge3")
    if not isinstance(apikey, str) or not apikey.strip() or not apikey.isprintable():
        raise SettingsError(f"{where}: {name} has no usable apikey", hint="export the keys again, or correct it")
    if not isinstance(seed, str):
        raise SettingsError(f"{where}: the seed of {name} is not a text", hint="correct it, or remove it")
    return EdgeKey(name, apikey.strip(), seed)


def _csv_rows(path: Path, text: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if list(reader.fieldnames or [])[:2] != list(_COLUMNS[:2]):
            raise SettingsError(
                f"{path}:1: not the titles of a file of keys", hint=f"the first line must be {_FORM}"
            )
        for row in reader:
            yield f"{path}:{reader.line_num}", row
    except csv.Error as error:
        raise SettingsError(
            f"{path}:{reader.line_num + 1}: not CSV: {error}", hint="export the keys again, or correct it"
        ) from None


def _json_rows(path: Path, text: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not JSON: {error}", hint="export the keys again, or correct it") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"{path} is not a list of objects", hint='[{"name": "edge0", "apikey": "…"}, …]')
    return ((f"{path}, entry {number}", row) for number, row in enumerate(rows, start=1))


def _csv(rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
