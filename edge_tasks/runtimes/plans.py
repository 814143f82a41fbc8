"""What a runtime plans to do, the same for all runtimes: the details of a :class:`~edge_tasks.plan.Plan`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge_tasks.fleet.identity import Edge
    from edge_tasks.openems.artifacts import Artifact


UNKNOWN_S: Final = 10.0
"""How long until a backend surely knows that its second program has an edge; before, it drops its data."""


@dataclass(frozen=True)
class Override:
    """The override as it should be.

    Attributes:
        text: of the file itself, which holds no secret.
        companions: private files that it refers to, in the state directory: path → text.
    """

    text: str
    companions: Mapping[Path, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ImagesToMake:
    """What must be built or fetched.

    Attributes:
        download: files of the release that images are built from.
        build: services whose image must be built.
        fetch: services whose image must be fetched.
        install_program: whether the light edges' program must be installed.
        unpack_bundles: whether the edges' bundles must be unpacked.
    """

    download: tuple[Artifact, ...] = ()
    build: tuple[str, ...] = ()
    fetch: tuple[str, ...] = ()
    install_program: bool = False
    unpack_bundles: bool = False


@dataclass(frozen=True)
class Entrance:
    """Where a backend takes what edges send, as this machine reaches it.

    Attributes:
        uri: of its websocket for edges.
        finest_ms: between two points of the past that it keeps; it may drop what is closer.
        deaf_s: how long after an edge has connected it may drop what the edge sends.
    """

    uri: str
    finest_ms: int = 1
    deaf_s: float = 0.0


@dataclass(frozen=True)
class Arrival:
    """Whether points of the fleet arrive where history is stored.

    Attributes:
        said: for people, with what to type.
        is_well: those of all edges do.
        may_change: by waiting.
    """

    said: str
    is_well: bool
    may_change: bool = False


@dataclass(frozen=True)
class DatabaseToPrepare:
    """What must be done so that the database runs, with the device table in it.

    Attributes:
        start: services to start, in order; all of them where it is not known what runs.
        initialise: whether the table must be created; None if that can be seen only when the server runs.
        set_passwords: whether the backend's passwords must be set; None as above.
    """

    start: tuple[str, ...] = ()
    initialise: bool | None = False
    set_passwords: bool | None = False


@dataclass(frozen=True)
class Surplus:
    """A container or service that must be removed.

    Attributes:
        id: how its runtime calls it.
        name: for people.
        with_volumes: its unnamed volumes are removed, too, because we made them.
    """

    id: str
    name: str
    with_volumes: bool


@dataclass(frozen=True)
class LightStart:
    """What the light host must be given.

    Attributes:
        fleet_file: its edges, a JSON document with their apikeys.
        count: how many edges that are.
        is_running: it is running already, and only to be told.
        is_stuck: it is running but hangs, so it must be ended first.
    """

    fleet_file: str = field(repr=False)
    count: int
    is_running: bool
    is_stuck: bool = False


@dataclass(frozen=True)
class EdgesToStart:
    """What differs from exactly the fleet's edges running, each with its directory as written.

    Attributes:
        make: edges without a process of their own, or with one of another configuration.
        restart: edges whose directory was written after they started.
        lost: edges that the backend does not have; they are restarted where they do not come back by themselves.
        surplus: processes of a larger earlier fleet, and of the platform's own edge.
        light: what the light host must be given; None if nothing.
        to_give: id → name of the nodes of a Swarm that are to be given the edges' image.
    """

    make: tuple[Edge, ...] = ()
    restart: tuple[Edge, ...] = ()
    lost: tuple[Edge, ...] = ()
    surplus: tuple[Surplus, ...] = ()
    light: LightStart | None = None
    to_give: Mapping[str, str] = field(default_factory=dict)
