"""The platform: the checkout with ``docker-compose.yml`` and the edge template, or the bundled one."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters import rendering
from edge_tasks.adapters.files import files_of_macos, read_tree, writing
from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import (
    ComposeFile,
    find_compose_files,
    read_compose_files,
)
from edge_tasks.checkout.metadata import DUMMY
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.renewal import find_outdated, renew
from edge_tasks.checkout.roles import EDGE_SERVICE, ROLES, WITHOUT_ODOO, missing_roles
from edge_tasks.checkout.template import Template, compile_template
from edge_tasks.checkout.template_file import SourceFile
from edge_tasks.checkout.template_place import TemplatePlace, find_template
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.metadata import Metadata


@dataclass(frozen=True)
class Layout:
    """Where a kind of checkout keeps what we read and write; all paths are below its folder.

    Attributes:
        name: for people.
        edges: the folder that the edges' config directories are made in.
        template: the configuration of the checkout's own edge, from which theirs are made.
        backend_config: the backend's configuration.
    """

    name: str
    edges: PurePosixPath
    template: PurePosixPath
    backend_config: PurePosixPath


DOCKER_OPENEMS: Final = Layout(
    name="docker-openems",
    edges=PurePosixPath("openems-edge"),
    template=PurePosixPath("openems-edge/config.d"),
    backend_config=PurePosixPath("openems-backend/config.d"),
)


@dataclass(frozen=True)
class Platform:
    """A platform's folder.

    Attributes:
        path: absolute.
        bundled: it is the project's own, which is laid out when it is missing.
        layout: where things are in it.
    """

    path: Path
    bundled: bool
    layout: Layout = DOCKER_OPENEMS

    @property
    def is_missing(self) -> bool:
        """Whether it is the bundled one and has not been laid out; there may be files that people put there."""
        return self.bundled and not self.template_folder.is_dir()

    @property
    def edges_folder(self) -> Path:
        """Where the edges' config directories go."""
        return self.path / self.layout.edges

    @property
    def template_folder(self) -> Path:
        """Where the edge template is, or will be when it is laid out."""
        return self.path / self.layout.template

    @property
    def backend_config(self) -> Path:
        """Where this layout keeps the backend's configuration."""
        return self.path / self.layout.backend_config

    @property
    def source(self) -> Path:
        """The folder with its files as they are now: the project's own as long as it is not laid out."""
        return bundled_source() if self.is_missing else self.path

    def readable(self, path: Path) -> Path:
        """Where a file or folder below the platform's can be read now."""
        return self.source / path.relative_to(self.path) if path.is_relative_to(self.path) else path

    @property
    def template_place(self) -> TemplatePlace:
        """Where its template is, or the one that it gets.

        Raises:
            SettingsError: there is none, and the checkout has nothing of OpenEMS.
        """
        ours = bundled_source() / DOCKER_OPENEMS.template
        found = find_template(self.source / self.layout.template, self.path, ours)
        if found is None:
            raise SettingsError(
                f"{self.path} has no edge template (looked for {self.layout.template})",
                hint=f"name a {self.layout.name} checkout with --platform",
            )
        return found

    def template(self, households: int = 0) -> Template:
        """Its ``config.d``, compiled, with so many households added to it.

        Raises:
            SettingsError: it is missing, or is not usable; with file and line.
        """
        folder = self.template_place.folder
        sources = [SourceFile(path, text) for path, text in read_tree(folder, ".config").items()]
        compiled = compile_template(sources, str(folder), households)
        return replace(compiled, ignored=files_of_macos(folder))

    def compose(self, edge_service: str = EDGE_SERVICE) -> ComposeFile:
        """What its compose file says.

        Raises:
            SettingsError: it is missing, or is not usable.
        """
        return read_compose_files(find_compose_files(self.source), self.path, edge_service)

    def missing_services(self, named: Mapping[str, str]) -> tuple[str, ...]:
        """Which of backend, database and odoo its compose file has no service for; none if it cannot be read.

        Args:
            named: role → service, as ``invoke.yaml`` says.
        """
        project = self._as_written()
        if project is None:
            return ()
        needs_odoo = all(one.needs_odoo for one in self._metadata_in(project, named))
        missing = missing_roles(project, named, ROLES if needs_odoo else WITHOUT_ODOO)
        return tuple(role for role in missing if role != "edge")

    def wants_names_for_keys(self, named: Mapping[str, str]) -> bool:
        """Whether its backend takes an edge for the one whose name its apikey is; ``named`` as above."""
        return [one.pid for one in self.metadata(named)] == [DUMMY]

    def metadata(self, named: Mapping[str, str]) -> tuple[Metadata, ...]:
        """What knows the backend's devices, as far as files on this machine say it.

        Args:
            named: role → service, as ``invoke.yaml`` says.
        """
        project = self._as_written()
        return () if project is None else self._metadata_in(project, named)

    def _as_written(self) -> Project | None:
        """What its compose file says without Compose; None if it cannot be read."""
        try:
            return Project("", read_services(find_compose_files(self.source), self.path))
        except SettingsError:
            return None

    def _metadata_in(self, project: Project, named: Mapping[str, str]) -> tuple[Metadata, ...]:
        from edge_tasks.checkout.survey import Survey  # noqa: PLC0415 - 20 ms that few calls need

        try:
            return Survey(self, project, named).metadata
        except SettingsError:
            return ()

    def lay_out(self) -> None:
        """Copy the bundled platform to its place; after an interruption it is either complete or not there."""
        new = self.path.with_name(f".{self.path.name}.new")
        with writing(self.path):
            if new.exists():
                shutil.rmtree(new)
            shutil.copytree(bundled_source(), new)
            if self.path.exists():
                shutil.copytree(new, self.path, dirs_exist_ok=True)
                shutil.rmtree(new)
            else:
                new.rename(self.path)

    @property
    def outdated(self) -> tuple[PurePosixPath, ...]:
        """Files of the bundled one that an earlier version laid out, and that nobody has changed."""
        return find_outdated(self.path) if self.bundled else ()

    def renew(self) -> tuple[PurePosixPath, ...]:
        """Replace these files by what is shipped now, and add what is new; the files that were replaced."""
        return renew(self.path, bundled_source()) if self.bundled else ()

    def remove_bundled(self) -> tuple[Path, ...]:
        """Remove what :meth:`lay_out` made, and return the files that the user changed or added, which stay."""
        for relative, text in read_tree(bundled_source(), "").items():
            path = self.path / relative
            if path.is_file() and path.read_bytes() == text.encode():
                with writing(path):
                    path.unlink()
        for outdated in find_outdated(self.path):
            with writing(self.path / outdated):
                (self.path / outdated).unlink()
        for folder in sorted(self.path.rglob("*/"), reverse=True):
            with suppress(OSError):
                folder.rmdir()
        left = tuple(path for path in self.path.rglob("*") if path.is_file())
        with suppress(OSError):
            self.path.rmdir()
        return left


def bundled_source() -> Path:
    """The bundled platform as the project ships it."""
    return rendering.templates_folder() / "platform"
