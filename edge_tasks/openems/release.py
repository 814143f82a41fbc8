"""What we depend on and what differs between OpenEMS' releases. A new release is one more entry. Pure.

The facts were read in OpenEMS' sources and tried on real programs. Each entry says only what changed with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final = r"[0-9]{4}\.[0-9]+\.[0-9]+"
"""The pattern of a release's name, for example ``2024.7.0``."""


@dataclass(frozen=True)
class BackendPorts:
    """Where a backend listens inside its container, unless its configuration says otherwise.

    Attributes:
        edges: websocket for edges (``Edge.Websocket``, later ``Backend.Edge.App``).
        ui: websocket for UIs (``Ui.Websocket``).
        rest: JSON-RPC over HTTP (``Backend2Backend.Rest``).
        console: Felix' web console.
        manager: where the program that holds the edges' sockets connects to the backend (``Edge.Manager``); None
            while there is one program.
    """

    edges: int = 8081
    ui: int = 8082
    rest: int = 8075
    console: int = 8079
    manager: int | None = None


@dataclass(frozen=True)
class EdgePorts:
    """Where an edge listens inside its container.

    Attributes:
        console: Felix' web console.
        websocket: for its own UI (``Controller.Api.Websocket``).
    """

    console: int = 8080
    websocket: int = 8085


@dataclass(frozen=True)
class Release:
    """What holds from one release on, until the next entry says otherwise.

    Attributes:
        since: the first release of which this holds.
        java: the lowest version of Java that its jars run on.
        java_below: the first version of Java on which its jars do not start; None if none is known.
        jars: the files of a release that the bundled platform builds its images of.
        backend_programs: what a backend consists of. Edges connect to the last one.
        backend_ports: where these listen.
        edge_ports: where an edge listens.
        metadata_odoo: the properties of ``Metadata.Odoo``, with their defaults.
        rest_error_status: HTTP status of a JSON-RPC error on the REST port.
        aggregated_meters: ``Timedata.AggregatedInfluxDB`` answers for that many meters, from ``meter0`` on.
        new_singletons: PIDs of components that every edge runs, beyond those of 2024.7.0.
        aggregated_after_s: an edge sends ``aggregatedData`` fewer than that many seconds after the five minutes,
            each edge at its own time; 0: at once.
        cuts_written_numbers: of a number that people write to a channel, an edge takes the last 32 bits
            (``JsonUtils.getAsBestType``); since 2026.1.0 at the latest one with more bits has no effect.
        answers_get_edges: with ``Metadata.Odoo``, the backend answers ``getEdges`` and ``getEdgesStatus``.
        faults: what is known to be broken, one sentence for each fault.
    """

    since: str
    java: int
    jars: tuple[str, ...]
    backend_programs: tuple[str, ...]
    backend_ports: BackendPorts
    edge_ports: EdgePorts
    metadata_odoo: Mapping[str, str | int]
    rest_error_status: int
    aggregated_meters: int
    java_below: int | None = None
    new_singletons: frozenset[str] = frozenset()
    aggregated_after_s: int = 0
    cuts_written_numbers: bool = True
    answers_get_edges: bool = True
    faults: tuple[str, ...] = ()

    @property
    def has_two_programs(self) -> bool:
        """Whether edges connect to a program of its own beside the backend."""
        return len(self.backend_programs) > 1


_2024_7_0: Final = Release(
    since="2024.7.0",
    java=17,
    jars=("openems-edge.jar", "openems-backend.jar"),
    backend_programs=("openems-backend",),
    backend_ports=BackendPorts(),
    edge_ports=EdgePorts(),
    metadata_odoo=MappingProxyType(
        {
            "odooHost": "localhost",
            "odooPort": 8069,
            "odooUid": 1,
            "odooPassword": "",
            "pgHost": "localhost",
            "pgPort": 5432,
            "pgUser": "odoo",
            "pgPassword": "",
            "database": "",
        }
    ),
    rest_error_status=200,
    aggregated_meters=10,
    java_below=24,
)
"""The release that everything here was recorded on.

Its launcher (bnd 7.0.0, from 2025.1.0 on 7.1.0) sets a security policy, which Java refuses from 24 on.
"""

_2024_12_0: Final = replace(_2024_7_0, since="2024.12.0", aggregated_after_s=270)
_2025_1_0: Final = replace(_2024_12_0, since="2025.1.0", java=21)
_2025_6_0: Final = replace(_2025_1_0, since="2025.6.0", rest_error_status=400)
_2026_1_0: Final = replace(
    _2025_6_0,
    since="2026.1.0",
    java_below=None,
    aggregated_meters=20,
    new_singletons=frozenset({"Core.SerialNumber"}),
    cuts_written_numbers=False,
)
"""The last one whose backend is one program. When the meters became 20 was not looked up: it is so in 2026."""

_2026_2_0: Final = replace(
    _2026_1_0,
    since="2026.2.0",
    backend_programs=("openems-backend", "openems-backend-edge"),
    backend_ports=BackendPorts(manager=8083),
    faults=(
        "Edge.Manager stays NOT STARTED for minutes in one of six starts",
        "REST opens only with Metadata.Odoo or Keycloak: 8075 stays closed with Metadata.File and Metadata.Dummy",
        "8081 never opens with Metadata.File: nothing fills the list of apikeys that it waits for",
    ),
)
"""The program that edges connect to is not a file of the release: it comes as an image, or from the sources."""

_2026_4_0: Final = replace(
    _2026_2_0,
    since="2026.4.0",
    answers_get_edges=False,
    faults=(*_2026_2_0.faults, "with Metadata.Odoo, getEdges, getEdgesStatus and the like never answer"),
)

RELEASES: Final = (_2024_7_0, _2024_12_0, _2025_1_0, _2025_6_0, _2026_1_0, _2026_2_0, _2026_4_0)
"""In the order of their versions."""

DEFAULT: Final = _2024_7_0
"""The release that a fleet has by default and that the stand-ins follow."""

PROVIDERS: Final = ("Timedata.InfluxDB", "Timedata.AggregatedInfluxDB")
"""The components of a backend that keep history and answer about it, as far as we can stand in for them."""

NEW_SINGLETONS: Final = frozenset(pid for release in RELEASES for pid in release.new_singletons)
"""The new singletons of all releases."""


ONE_PROGRAM: Final = _2026_1_0.since
"""The newest release whose backend is one program: the last one of which all parts work."""

TWO_PROGRAMS: Final = _2026_2_0.since
"""The first release whose backend is two programs."""

_MONTHS: Final = {2024: (7, 12), 2025: (1, 12), 2026: (1, 4)}
"""OpenEMS has a release a month. Of these, by year, we know what holds."""


def release_of(version: str) -> Release:
    """What holds for a version: the newest entry that is not newer than it, or the oldest one.

    Raises:
        SettingsError: it is not a version.
    """
    wanted = order(version)
    return next((found for found in reversed(RELEASES) if order(found.since) <= wanted), RELEASES[0])


def check_known(version: str) -> None:
    """Refuse a release of which we do not know what holds.

    Raises:
        SettingsError: with those that are known.
    """
    year, month, _ = order(version)
    first, last = _MONTHS.get(year, (1, 0))
    if not first <= month <= last:
        spans = ", ".join(f"{year}.{first} to {year}.{last}" for year, (first, last) in _MONTHS.items())
        raise SettingsError(f"OpenEMS {version} is not a release that edge-tasks knows", hint=f"known: {spans}")


def order(version: str) -> tuple[int, ...]:
    """A version as something that can be compared.

    Raises:
        SettingsError: it is not a version.
    """
    if not re.fullmatch(VERSION, version):
        raise SettingsError(
            f"{version!r} is not a release of OpenEMS", hint=f"a release looks like {DEFAULT.since}"
        )
    return tuple(map(int, version.split(".")))
