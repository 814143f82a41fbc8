"""The files that configure the platform's backend: as found, and our corrected copy of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from edge_tasks.adapters.files import read_tree, read_utf8
from edge_tasks.checkout.backend_config import (
    FILES,
    METADATA,
    BackendConfig,
    metadata_problem,
    read_backend_config,
    the_metadata,
    with_values,
)
from edge_tasks.checkout.config_places import OFFICIAL_CONFIG_TARGET, find_place, places_of
from edge_tasks.checkout.dockerfile import copied_to
from edge_tasks.checkout.findings import additions, check_backend_config, corrections
from edge_tasks.checkout.inheritance import told_config_folder
from edge_tasks.checkout.roles import find_backend
from edge_tasks.checkout.timedata_config import TimedataConfig, read_timedata_config
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath

    from edge_tasks.checkout.metadata import Metadata
    from edge_tasks.runtimes.docker.stack import Stack


@dataclass(frozen=True)
class BackendFiles:
    """Read once in a call."""

    stack: Stack

    @cached_property
    def folder(self) -> Path:
        """The host's folder with the backend's ``config.d``: mounted, or copied into its image.

        Raises:
            SettingsError: there is none.
        """
        stack, platform = self.stack, self.stack.context.platform
        backend = stack.project.services[find_backend(stack.project, stack.context.services_named)]
        places = tuple(places_of(backend, platform.backend_config))
        folder = find_place(places, platform.readable, FILES)
        if folder is not None:
            return folder
        if self.is_completed:
            return self.copy
        what, hint = metadata_problem((), "")
        raise SettingsError(f"the backend {what} (looked in {', '.join(map(str, places))})", hint=hint)

    @property
    def is_completed(self) -> bool:
        """The backend gets its configuration from us: its image is OpenEMS' own, and has it in a volume."""
        return self.stack.survey.is_completed("backend")

    @cached_property
    def texts(self) -> dict[PurePosixPath, str]:
        """The platform's own files, by path below the folder."""
        if self.is_completed:
            return dict(self.stack.survey.backend_texts)
        return read_tree(self.stack.context.platform.readable(self.folder), ".config")

    @cached_property
    def metadata(self) -> Metadata:
        """What knows the backend's devices.

        Raises:
            SettingsError: there is nothing, or more than one component.
        """
        return the_metadata(self.texts, str(self.folder))

    @cached_property
    def original(self) -> BackendConfig:
        """What the platform's own files say."""
        return read_backend_config(self.texts, str(self.folder))

    @cached_property
    def wiring(self) -> BackendConfig:
        """What the backend is told: the platform's own files, or our corrected copy of them."""
        if not self.is_corrected:
            return self.original
        return read_backend_config(self.corrected_texts, str(self.copy))

    @cached_property
    def timedata(self) -> TimedataConfig:
        """Where the backend stores history."""
        return read_timedata_config(self.texts, str(self.folder))

    @cached_property
    def is_corrected(self) -> bool:
        """``inv doctor --fix`` was asked for, now or earlier, and changes something; or the files are ours."""
        if self.is_completed:
            return True
        asked = self.stack.options.fix or bool(self.stack.context.state.record.entries().get("corrected"))
        return asked and self.corrected_texts != self.texts

    @property
    def copy(self) -> Path:
        """The folder of our copy."""
        return self.stack.context.state.folder / "backend-config.d"

    @cached_property
    def corrected_texts(self) -> dict[PurePosixPath, str]:
        """The backend's files, with ``Metadata/Odoo.config`` as it should be, and what is missing beside it."""
        stack, files = self.stack, self.texts
        found = check_backend_config(self.original, stack.project, stack.services, "")
        fixes = corrections(found)
        corrected = {METADATA: with_values(files[METADATA], fixes)} if fixes else {}
        return {**files, **corrected, **additions(found)}

    @property
    def inside(self) -> str | None:
        """Where the backend's container has that folder; None when it cannot be told."""
        if self.is_completed:
            return OFFICIAL_CONFIG_TARGET
        mounted = self.stack.project.bind_target(self.stack.services.backend, str(self.folder))
        return copied_to(self._dockerfile) if mounted is None else mounted

    @property
    def looked_for(self) -> str | None:
        """Where the backend's container looks for its configuration; None when nothing says it."""
        stack, name = self.stack, self.stack.services.backend
        service = stack.project.services[name]
        dockerfile = self._dockerfile if "build" in service else ""
        return told_config_folder(service, stack.docker.image(stack.project.image(name)), dockerfile)

    @cached_property
    def _dockerfile(self) -> str:
        """The text of that beside the folder; empty without one."""
        path = self.stack.context.platform.readable(self.folder.parent / "Dockerfile")
        return read_utf8(path) if path.is_file() else ""
