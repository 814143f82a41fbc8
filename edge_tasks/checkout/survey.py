"""What is read of a checkout to understand it, whatever runs it: who is who, and which release it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import read_tree, read_utf8
from edge_tasks.adapters.jars import read_build
from edge_tasks.checkout.backend_config import parsed
from edge_tasks.checkout.completion import APP, MANAGER, completed, completed_backend_edge
from edge_tasks.checkout.config_places import OFFICIAL_CONFIG_TARGET, find_place, places_of, volume_at
from edge_tasks.checkout.dockerfile import java_of
from edge_tasks.checkout.host_names import host_of
from edge_tasks.checkout.metadata import KNOWN, find_metadata
from edge_tasks.checkout.release_signs import (
    Recognised,
    Says,
    Sign,
    recognise,
    sign_of_dockerfile,
    sign_of_image,
    sign_of_label,
    signs_of_files,
)
from edge_tasks.checkout.roles import BACKEND_EDGE, ROLES, WITHOUT_ODOO, find_backend_edge, find_player
from edge_tasks.openems import felix
from edge_tasks.openems.release import TWO_PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import PurePosixPath

    from edge_tasks.checkout.dockerfile import JavaBase
    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.checkout.metadata import Metadata
    from edge_tasks.checkout.project import Project, Service
    from edge_tasks.openems.build_constants import Build

OPENEMS: Final = ("backend", BACKEND_EDGE, "edge")
"""The roles of OpenEMS' own programs."""

_OFFICIAL: Final = re.compile(r"(?:^|/)openems/(?:edge|backend|backend-edge)(?:[:@]|$)")
_BACKEND_FILES: Final = tuple(
    felix.path_of(pid) for pid in (*KNOWN, "Edge.Websocket", "Edge.Manager", "Ui.Websocket")
)


@dataclass(frozen=True)
class Survey:
    """A checkout as it is read.

    Attributes:
        platform: its folder.
        project: its Compose project.
        named: role → service, as ``invoke.yaml`` says.
        told: the release that ``--openems-version`` names; empty if it was not given.
        labels: image → its labels, of the images that are here.
        in_volume: role → the files that its volume has, where its configuration is in one and that can be seen.
    """

    platform: Platform
    project: Project
    named: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    in_volume: Mapping[str, Mapping[PurePosixPath, str]] = field(default_factory=dict)

    @cached_property
    def players(self) -> Mapping[str, str]:
        """Role → service, of the roles that a service plays."""
        found = {role: find_player(role, self.project, self.named) for role in ROLES}
        found[BACKEND_EDGE] = find_backend_edge(self.project, self.named)
        return {role: name for role, name in found.items() if name}

    def volume(self, role: str) -> str:
        """The named volume with the configuration of a program of OpenEMS' own image; empty if it has none."""
        return self.place_in_volume(role)[0]

    def place_in_volume(self, role: str) -> tuple[str, PurePosixPath]:
        """The same volume, and the folder in it."""
        service = self._service(role) if self.is_official(role) else {}
        return volume_at(service, OFFICIAL_CONFIG_TARGET)

    def is_official(self, role: str) -> bool:
        """Whether a role is played by an image of OpenEMS' own, which looks in a place that we know."""
        return bool(_OFFICIAL.search(str(self._service(role).get("image"))))

    @property
    def layout(self) -> tuple[str, str]:
        """What kind of checkout it is, and why, for people."""
        layout = self.platform.layout
        official = [image for image in self._images if _OFFICIAL.search(image)]
        if self.platform.readable(self.platform.template_folder).is_dir():
            return layout.name, f"it has {layout.template}"
        if official:
            return "official images", f"image {official[0]}"
        return "another", f"it has neither {layout.template} nor an image of OpenEMS' own"

    @cached_property
    def backend_folder(self) -> Path | None:
        """The host's folder with the backend's ``config.d``; None if it is not on this machine."""
        return self._folder("backend", self.platform.backend_config, _BACKEND_FILES)

    @cached_property
    def backend_edge_folder(self) -> Path | None:
        """The same folder of the backend's second program."""
        usual = self.platform.path / "openems-backend-edge" / "config.d"
        return self._folder(BACKEND_EDGE, usual, (APP,))

    @cached_property
    def backend_texts(self) -> Mapping[PurePosixPath, str]:
        """The backend's files, by path below that folder; an official image without one gets them from us."""
        if self.is_completed("backend"):
            return completed(self.in_volume.get("backend", {}), self.release.release)
        return self._texts(self.backend_folder)

    @cached_property
    def backend_edge_texts(self) -> Mapping[PurePosixPath, str]:
        """The files of the second program, likewise."""
        if self.is_completed(BACKEND_EDGE):
            files = self.in_volume.get(BACKEND_EDGE, {})
            return completed_backend_edge(files, self.release.release, self.manager_uri)
        return self._texts(self.backend_edge_folder)

    def is_completed(self, role: str) -> bool:
        """Whether a program gets its configuration from us: its image is OpenEMS' own, and has it in a volume."""
        folder = self.backend_folder if role == "backend" else self.backend_edge_folder
        return folder is None and self.is_official(role)

    @property
    def manager_port(self) -> int:
        """Where the first program listens for the second one; 0 where it is one program."""
        text = self.backend_texts.get(MANAGER)
        given = parsed(text, self.told_where("backend", MANAGER)).values().get("port") if text else None
        return given if isinstance(given, int) else self.release.release.backend_ports.manager or 0

    @property
    def manager_uri(self) -> str:
        """Where the second program finds the first one."""
        backend = self.players.get("backend", "localhost")
        return f"ws://{host_of(backend, self.project.services)}:{self.manager_port}"

    def told_where(self, role: str, path: PurePosixPath) -> str:
        """A file of a program's configuration, as people read it."""
        folder = self.backend_folder if role == "backend" else self.backend_edge_folder
        if folder is not None:
            return self.shown(folder / path)
        return f"{path} of {self.volume(role) or self._service(role).get('image', role)}"

    @property
    def backend_edge_port(self) -> int:
        """Where the second program listens for edges."""
        text = self.backend_edge_texts.get(APP)
        given = parsed(text, self.told_where(BACKEND_EDGE, APP)).values().get("port") if text else None
        return given if isinstance(given, int) else self.release.release.backend_ports.edges

    @cached_property
    def metadata(self) -> tuple[Metadata, ...]:
        """What knows the backend's devices, as far as its configuration is on this machine."""
        return find_metadata(self.backend_texts)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that must be played: Odoo's if the registry needs it, and backend-edge with two programs."""
        needs_odoo = not self.metadata or self.metadata[0].needs_odoo
        has_door = self.release.release.has_two_programs
        return (*(ROLES if needs_odoo else WITHOUT_ODOO), *((BACKEND_EDGE,) if has_door else ()))

    @cached_property
    def release(self) -> Recognised:
        """Its release, and by what it is recognised."""
        return recognise(tuple(self._signs()))

    @cached_property
    def builds(self) -> Mapping[Path, Build]:
        """The jars of OpenEMS that its images are built of."""
        jars = (jar for role in OPENEMS for jar in self._jars(role))
        return {jar: build for jar in jars if (build := read_build(jar))}

    def dockerfile(self, role: str) -> Path | None:
        """The Dockerfile that the image of a role's service is built of; None without one."""
        build = self._service(role).get("build") or {}
        path = self.platform.readable(Path(build.get("context", ""), build.get("dockerfile") or "Dockerfile"))
        return path if build and path.is_file() else None

    def java_beside(self, jar: Path) -> JavaBase | None:
        """The Java of the image that a jar is copied into, if its Dockerfile says it."""
        for role in OPENEMS:
            path = self.dockerfile(role)
            if path is not None and path.parent == jar.parent:
                given = (self._service(role).get("build") or {}).get("args") or {}
                arguments = {name: value for name, value in given.items() if value is not None}
                return java_of(read_utf8(path), arguments, path)
        return None

    def shown(self, path: Path) -> str:
        """A path as people read it: below the checkout, if it is there."""
        home = self.platform.path
        return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)

    def _signs(self) -> Iterator[Sign]:
        if self.told:
            yield Sign(self.told, "--openems-version")
        images = self._images
        yield from filter(None, (sign_of_label(image, self.labels.get(image, {})) for image in images))
        yield from (Sign(build.version, self.shown(jar)) for jar, build in self.builds.items())
        yield from filter(None, map(sign_of_image, images))
        for path in filter(None, map(self.dockerfile, OPENEMS)):
            if sign := sign_of_dockerfile(read_utf8(path), self.shown(path)):
                yield sign
        yield from self._signs_of_files()

    def _signs_of_files(self) -> Iterator[Sign]:
        if backend_edge := self.players.get(BACKEND_EDGE):
            yield Sign(TWO_PROGRAMS, f"service {backend_edge}", Says.AT_LEAST)
        template = self.platform.template_folder
        for folder in filter(None, (self.backend_folder, self.backend_edge_folder, template)):
            yield from signs_of_files(self._texts(folder), self.shown(folder))
        for role, files in self.in_volume.items():
            yield from signs_of_files(files, f"volume {self.volume(role)}")

    @property
    def _images(self) -> tuple[str, ...]:
        """The images of OpenEMS' own programs."""
        return tuple(self.project.image(name) for role in OPENEMS if (name := self.players.get(role)))

    def _jars(self, role: str) -> Iterator[Path]:
        context = str((self._service(role).get("build") or {}).get("context") or "")
        yield from sorted(self.platform.readable(Path(context)).glob("*.jar")) if context else ()

    def _service(self, role: str) -> Service:
        name = self.players.get(role)
        return self.project.services[name] if name else {}

    def _folder(self, role: str, usual: Path, files: tuple[PurePosixPath, ...]) -> Path | None:
        return find_place(places_of(self._service(role), usual), self.platform.readable, files)

    def _texts(self, folder: Path | None) -> Mapping[PurePosixPath, str]:
        found = None if folder is None else self.platform.readable(folder)
        return read_tree(found, ".config") if found is not None and found.is_dir() else {}
