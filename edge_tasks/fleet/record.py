"""What was done on a platform, as ``record.json`` of its state directory keeps it: each entry with its type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

from edge_tasks.adapters.files import write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from typing_extensions import NotRequired, Unpack


class DevicesRead(TypedDict):
    """Which devices a backend has read.

    Attributes:
        instance: tells that run of the backend from others; ``starting`` while it is being started.
        devices: name → fingerprint of the apikey.
        at: when, seconds since 1970.
    """

    instance: str | None
    devices: dict[str, str]
    at: float


class EntriesWritten(TypedDict):
    """What a registry held when we last wrote into it.

    Attributes:
        devices: name → fingerprint of the apikey.
        at: when, seconds since 1970.
    """

    devices: dict[str, str]
    at: float


class Download(TypedDict):
    """A file that was fetched.

    Attributes:
        url: where from.
        sha256: of its contents.
        of: url → digest of all that were ever fetched to this place.
    """

    url: str
    sha256: str
    of: dict[str, str]


class Bundles(TypedDict):
    """The bundles that were unpacked.

    Attributes:
        of: what they were taken from.
        folder: its name; empty where there was nothing to unpack.
    """

    of: list[str]
    folder: str


class ImageGiven(TypedDict):
    """Which nodes of a Swarm were given an image.

    Attributes:
        image: its id.
        nodes: their ids.
    """

    image: str
    nodes: list[str]


class Place(TypedDict):
    """Where a fleet was before it was moved.

    Attributes:
        runtime: its name.
        override_file: the name of the compose override.
        port_offset: of its host ports.
        extras: the other settings that were saved.
    """

    runtime: str
    override_file: str
    port_offset: int
    extras: dict[str, str | int]


class IncidentWritten(TypedDict):
    """What went wrong in a past: the fields of :class:`.incidents.Incident`."""

    kind: str
    begin: int
    end: int
    of: str
    shift_ms: int


class PastWritten(TypedDict):
    """A part of the history of light edges that was written for them.

    Attributes:
        edges: ranges of their indices, each with its first and its last.
        place: where, for people.
        begin: epoch ms, when that past begins.
        until: epoch ms, before which it has points.
        end: epoch ms, from which on the live edges went on.
        every: ms between two points.
        mark: of what the edges were made of.
        whole: all of it was written, and counted.
        incidents: what went wrong in it; not there if nothing did.
        zone: in which its days were typed; not there if none was.
    """

    edges: list[tuple[int, int]]
    place: str
    begin: int
    until: int
    end: int
    every: int
    mark: str
    whole: bool
    incidents: NotRequired[list[IncidentWritten]]
    zone: NotRequired[str]


class PastsRemoved(TypedDict):
    """Edges whose history was removed at one moment; what they sent later is there.

    Attributes:
        edges: ranges of their indices, each with its first and its last.
        place: where, for people.
        at: epoch ms.
    """

    edges: list[tuple[int, int]]
    place: str
    at: int


class Wait(TypedDict):
    """Something that a step waited for.

    Attributes:
        what: for people.
        begin: seconds after the beginning of the call.
        seconds: how long it took.
    """

    what: str
    begin: float
    seconds: float


class StepDone(TypedDict):
    """A step that ended well.

    Attributes:
        name: as the task is typed.
        changed: it had something to do.
        did: what, in a few words.
        seconds: how long it took.
        begin: seconds after the beginning of the call.
        waits: one after the other.
    """

    name: str
    changed: bool
    did: str
    seconds: float
    begin: float
    waits: list[Wait]


class BroughtUp(TypedDict):
    """What started edges last.

    Attributes:
        began: seconds since 1970.
        ended: seconds since 1970.
        steps: in the order in which they were done.
    """

    began: float
    ended: float
    steps: list[StepDone]


class Entries(TypedDict, total=False):
    """All entries; what was not done has none.

    Attributes:
        up: mark of the fleet that was brought up.
        brought_up: how it was.
        read: what the backend has read.
        written: what the registry held when we last wrote into it.
        corrected: ``doctor --fix`` was asked for.
        copies: folder of a copy of ours → digest of what was written there.
        odoo_init: which database our initialisation began, or made, or restores.
        odoo_data: PostgreSQL's data directory, in its container, into which we have restored.
        built: service → (digest of what its image was built from, id of the image).
        light_program: marks of the light edges' program and of the image that it was fetched for.
        bundles: of the edges' jar.
        folders: folders of the host that were not there → their missing parents.
        volumes: names of volumes that were there before us.
        downloads: path → what was fetched to it.
        limits: what was said of limits of the backend's database.
        former: where the fleet was before, in another runtime or Compose project.
        history: what was written of the pasts of light edges.
        paused: a backfill has stopped the light edges, which are to go on; not there if they have.
        history_open: the port of the platform's InfluxDB is published, so that pasts can be written there.
        image_given: to which nodes of a Swarm the edges' image was given.
        removed: when pasts were removed.
        left: ranges of edges that are no light edges any more, and of which people know that their past stays.
        idle: factories of which people know that light edges do not simulate them.
    """

    up: str
    brought_up: BroughtUp
    read: DevicesRead
    written: EntriesWritten
    corrected: bool
    copies: dict[str, str]
    odoo_init: str
    odoo_data: str
    built: dict[str, tuple[str, str | None]]
    light_program: list[str]
    bundles: Bundles
    folders: dict[str, list[str]]
    volumes: list[str]
    downloads: dict[str, Download]
    limits: list[str]
    former: list[Place]
    history: list[PastWritten]
    paused: bool
    history_open: bool
    image_given: ImageGiven
    removed: list[PastsRemoved]
    left: list[tuple[int, int]]
    idle: list[str]


@dataclass(frozen=True)
class Record:
    """The file, read at each question: another step may have written it."""

    path: Path

    def entries(self) -> Entries:
        """All entries; empty if the file is missing or damaged."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return cast("Entries", found) if isinstance(found, dict) else {}

    def note(self, **entries: Unpack[Entries]) -> None:
        """Add entries, or replace them."""
        self._write({**self.entries(), **entries})

    def forget(self, *names: str) -> None:
        """Remove entries."""
        self._write({name: entry for name, entry in self.entries().items() if name not in names})

    def _write(self, entries: Mapping[str, object]) -> None:
        write_file(self.path, json.dumps(entries))
