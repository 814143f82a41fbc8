"""How the docker runtime builds and starts things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class DockerOptions:
    """What people may choose; :mod:`edge_tasks.cli.settings` says what is allowed.

    Attributes:
        project_name: of Compose; empty for Compose's own choice.
        edge_heap: the largest Java heap of an edge, e.g. ``128m``.
        edge_memory: the memory limit of an edge's container, e.g. ``400m``.
        java_options: more of them, as they are typed.
        unpacks_bundles: the bundles of the edges' jar are unpacked once for all of them.
        light_image: an image with Python.
        openems_version: a release, for the bundled platform.
        download_from: where that release comes from.
        skip_build: nothing is built or fetched.
        demo: Odoo is initialised with its demo data.
        force: whether to go on with too little memory.
        fix: correct copies of the platform's files are wanted.
        snapshot: an initialised Odoo is kept, and used again.
        overlay: a Swarm's network that the backend joins, too, since the edges are in it; empty for none.
    """

    project_name: str
    edge_heap: str
    edge_memory: str
    java_options: str
    unpacks_bundles: bool
    light_image: str
    openems_version: str
    download_from: str
    skip_build: bool
    demo: bool
    force: bool
    fix: bool
    snapshot: bool
    overlay: str = ""

    @classmethod
    def of(cls, choices: Mapping[str, str | int], flags: Collection[str]) -> DockerOptions:
        """The options as the settings and the flags that were typed have them."""
        return cls(
            project_name=str(choices["project_name"]),
            edge_heap=str(choices["edge_heap"]),
            edge_memory=str(choices["edge_memory"]),
            java_options=str(choices["java_options"]),
            unpacks_bundles=choices["edge_bundles"] == "unpacked",
            light_image=str(choices["light_image"]),
            openems_version=str(choices["openems_version"]),
            download_from=str(choices["download_from"]),
            skip_build="skip_build" in flags,
            demo="demo" in flags,
            force="force" in flags,
            fix="fix" in flags,
            snapshot="no_snapshot" not in flags,
        )
