"""The stand-in backend's configuration file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

import orjson

from edge_tasks.errors import SettingsError
from edge_tasks.openems.release import DEFAULT, PROVIDERS, Release, release_of
from edge_tasks.timedata.embedded.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

_HIGHEST_PORT = 65535
_DATABASE = {"host": str, "port": int, "dbname": str, "user": str, "password": str}
_LOGIN = {"user": str, "password": str}
_PORTS = {"edge_port", "manager_port", "rest_port", "console_port"}
INFLUXDB, AGGREGATED = PROVIDERS
_SECONDS = {"flush_seconds", "ping_seconds", "history_seconds"}
_KEYS = {"database", "host", "login", "console_login", "timedata", "openems_version", *_SECONDS, *_PORTS}


class BadConfigError(Exception):
    """The file cannot be used; the text says why, on one line."""


@dataclass(frozen=True)
class Config:
    """The backend's configuration.

    Attributes:
        database: where the device table is. user: the login of the JSON-RPC endpoint. password: its password.
        console_login: user and password of the console. host: the address that all three ports are opened on.
        edge_port: websocket of the edges. rest_port: JSON-RPC over HTTP. console_port: the console, with
        nothing but the re-activation of the device table's reader. manager_port: where the program that has the
        edges' sockets connects, as from OpenEMS 2026.2 on; then nothing listens at edge_port. flush_seconds: how
        often what changed is written to the device table. ping_seconds: how often each edge is pinged.
        history_seconds: how often what edges sent is written into the history; five times that beyond 1,000
        edges. timedata: the provider of OpenEMS whose answers about history are given. release: the release of
        OpenEMS that it behaves like.
    """

    database: Database
    user: str
    password: str = field(repr=False)
    console_login: tuple[str, str] = field(repr=False)
    host: str = "127.0.0.1"
    edge_port: int = DEFAULT.backend_ports.edges
    rest_port: int = DEFAULT.backend_ports.rest
    console_port: int = DEFAULT.backend_ports.console
    manager_port: int | None = None
    flush_seconds: float = 30.0
    ping_seconds: float = 60.0
    history_seconds: float = 60.0
    timedata: str = INFLUXDB
    release: Release = DEFAULT


def read_config(path: Path) -> Config:
    """Read and check a file.

    Raises:
        BadConfigError: it cannot be read, is not JSON, or has a missing, unknown or wrong entry.
    """
    return _checked(read_entries(path, _KEYS))


def read_entries(path: Path, known: AbstractSet[str]) -> dict[str, object]:
    """The entries of a file, which may have those that are known and no others.

    Raises:
        BadConfigError: it cannot be read, is not JSON, or has an unknown entry.
    """
    try:
        content: object = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadConfigError(f"{path} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise BadConfigError(f"{path} is not JSON: {error.msg} in line {error.lineno}") from None
    if not _is_object(content):
        raise BadConfigError(f"{path} does not contain a JSON object")
    if unknown := sorted(content.keys() - known):
        raise BadConfigError(f"{path} has an unknown entry: {', '.join(unknown)}")
    return content


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _checked(content: dict[str, object]) -> Config:
    database = _part(content, "database", _DATABASE)
    login = _part(content, "login", _LOGIN)
    console = _part(content, "console_login", _LOGIN) if "console_login" in content else login
    if (timedata := content.get("timedata", Config.timedata)) not in PROVIDERS:
        raise BadConfigError(f"timedata is neither {INFLUXDB} nor {AGGREGATED}")
    return Config(
        database=Database(
            host=str(database["host"]),
            port=port(database, "port", 0),
            dbname=str(database["dbname"]),
            user=str(database["user"]),
            password=str(database["password"]),
        ),
        user=str(login["user"]),
        password=str(login["password"]),
        console_login=(str(console["user"]), str(console["password"])),
        host=text(content, "host", Config.host),
        edge_port=port(content, "edge_port", Config.edge_port),
        rest_port=port(content, "rest_port", Config.rest_port),
        console_port=port(content, "console_port", Config.console_port),
        manager_port=port(content, "manager_port", 0) if "manager_port" in content else None,
        flush_seconds=seconds(content, "flush_seconds", Config.flush_seconds),
        ping_seconds=seconds(content, "ping_seconds", Config.ping_seconds),
        history_seconds=seconds(content, "history_seconds", Config.history_seconds),
        timedata=str(timedata),
        release=_release(content.get("openems_version", DEFAULT.since)),
    )


def _release(version: object) -> Release:
    try:
        return release_of(str(version))
    except SettingsError as error:
        raise BadConfigError(f"openems_version: {error.message}") from None


def _part(content: dict[str, object], name: str, kinds: Mapping[str, type]) -> dict[str, object]:
    part = content.get(name)
    if not _is_object(part):
        raise BadConfigError(f"{name} is missing or not a JSON object")
    for key, kind in kinds.items():
        if not isinstance(part.get(key), kind):
            raise BadConfigError(f"{name}.{key} is missing or not a {'text' if kind is str else 'number'}")
    return part


def text(content: dict[str, object], name: str, default: str) -> str:
    """An entry that is a text.

    Raises:
        BadConfigError: it is something else.
    """
    found = content.get(name, default)
    if not isinstance(found, str):
        raise BadConfigError(f"{name} is not a text")
    return found


def port(content: dict[str, object], name: str, default: int) -> int:
    """An entry that is the number of a port.

    Raises:
        BadConfigError: it is something else.
    """
    found = content.get(name, default)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= _HIGHEST_PORT:
        raise BadConfigError(f"{name} is not a port number")
    return found


def seconds(content: dict[str, object], name: str, default: float) -> float:
    """An entry that is a positive number.

    Raises:
        BadConfigError: it is something else.
    """
    found = content.get(name, default)
    if not isinstance(found, (int, float)) or isinstance(found, bool) or found <= 0:
        raise BadConfigError(f"{name} is not a positive number")
    return float(found)
