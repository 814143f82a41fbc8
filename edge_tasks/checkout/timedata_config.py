"""What a platform's backend is told in its ``config.d`` of where history is stored. Pure.

The properties and their defaults are those of OpenEMS' ``Timedata.InfluxDB`` and ``Timedata.AggregatedInfluxDB``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from edge_tasks.checkout.backend_config import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from edge_tasks.openems import felix

INFLUXDB: Final = "Timedata.InfluxDB"
AGGREGATED: Final = "Timedata.AggregatedInfluxDB"
"""Writes what edges send as ``aggregatedData``, into measurements and retention policies of its own."""

DUMMY: Final = "Timedata.Dummy"
"""Stores nothing and answers nothing."""

FLUX: Final = "FLUX"
INFLUX_QL: Final = "INFLUX_QL"
_ROOM: Final = "Timedata"
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Provider:
    """One component of the backend that stores history.

    Attributes:
        pid: its factory, e.g. ``Timedata.InfluxDB``.
        file: that configures it, below ``config.d``.
        lines: where each property that was given stands, counted from 1.
        url: of the server, as the backend's container sees it; empty where there is none.
        org: the organisation; ``-`` for InfluxDB 1.
        api_key: the token; ``user:password`` for InfluxDB 1, or nothing if that has no login.
        bucket: ``database/retention policy`` for InfluxDB 1.
        measurement: that points are written to.
        query_language: ``INFLUX_QL`` or ``FLUX``.
        is_read_only: nothing is written.
    """

    pid: str
    file: PurePosixPath
    lines: Mapping[str, int] = field(repr=False)
    url: str = ""
    org: str = "-"
    api_key: str = field(default="", repr=False)
    bucket: str = ""
    measurement: str = "data"
    query_language: str = INFLUX_QL
    is_read_only: bool = False

    @property
    def scheme(self) -> str:
        """``http`` or ``https``; empty where the backend would refuse the URL."""
        scheme = _split(self.url).scheme
        return scheme if scheme in _PORTS and self.host else ""

    @property
    def host(self) -> str:
        """The host name in the URL; empty where it has none."""
        return _split(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port in the URL, or that of its scheme; 0 where it has none."""
        try:
            given = _split(self.url).port
        except ValueError:  # it is no number below 65536
            return 0
        return given or _PORTS.get(_split(self.url).scheme, 0)

    @property
    def database(self) -> str:
        """The database of an InfluxDB 1."""
        return self.bucket.partition("/")[0]

    @property
    def login(self) -> tuple[str, str]:
        """User and password for an InfluxDB 1; both are empty without a login."""
        user, _, password = self.api_key.partition(":")
        return user, password


@dataclass(frozen=True)
class TimedataConfig:
    """All that stores history; several components may do so at once."""

    providers: tuple[Provider, ...]

    @property
    def influxdb(self) -> Provider | None:
        """The ``Timedata.InfluxDB``, which has what edges send at once and answers what is asked."""
        return next((provider for provider in self.providers if provider.pid == INFLUXDB), None)

    @property
    def aggregated(self) -> Provider | None:
        """The ``Timedata.AggregatedInfluxDB``."""
        return next((provider for provider in self.providers if provider.pid == AGGREGATED), None)


def read_timedata_config(files: Mapping[PurePosixPath, str], folder: str) -> TimedataConfig:
    """Read the files of a backend's ``config.d`` that configure where history is stored.

    Args:
        files: their texts, by path below the folder.
        folder: its name, for messages.

    Raises:
        SettingsError: one of these files does not parse; with file and line.
    """
    found = {
        path: parsed(text, f"{folder}/{path}") for path, text in sorted(files.items()) if path.parts[0] == _ROOM
    }
    return TimedataConfig(tuple(_provider(path, document) for path, document in found.items()))


def _provider(path: PurePosixPath, document: felix.Document) -> Provider:
    values = document.values()

    def text(name: str, default: str = "") -> str:
        return str(values.get(name, default))

    return Provider(
        pid=text("service.factoryPid") or text("service.pid") or path.stem,
        file=path,
        lines={found.name: found.line for found in document.properties},
        url=text("url"),
        org=text("org", "-"),
        api_key=text("apiKey"),
        bucket=text("bucket"),
        measurement=text("measurement", "data"),
        query_language=text("queryLanguage", INFLUX_QL),
        is_read_only=text("isReadOnly").lower() == "true",
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that do not match
        return urlsplit("")
