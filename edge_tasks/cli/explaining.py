"""``inv doctor --explain``: what is understood of a checkout, and what the doctor finds; nothing is changed."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Final

import edge_tasks
from edge_tasks.adapters.docker import Docker
from edge_tasks.checkout.added_edge import with_edge
from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import find_compose_files
from edge_tasks.checkout.explanation import Row, explain_checkout
from edge_tasks.checkout.project import Project
from edge_tasks.checkout.survey import Survey
from edge_tasks.errors import CommandFailed, FleetError
from edge_tasks.runtimes.docker.compose import Compose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.cli.session import Session

_BY_COMPOSE: Final = "docker compose config"
_BY_US: Final = "edge-tasks"


def explain(session: Session) -> None:
    """Print a table; with ``--json`` it is in the document.

    Raises:
        SettingsError: there is no compose file, or it cannot be read.
    """
    session.say_without_effect()
    target, named = session.target, session.request.services_named
    platform = target.platform
    found, read_by = _resolved(platform, target.choices.text("project_name"))
    project = with_edge(found, named)
    survey = Survey(platform, project, named, target.told_release, _labels(project))
    understood = explain_checkout(survey, find_compose_files(platform.source), read_by)
    rows = (*_machine(session), *understood, *_findings(session))
    session.console.table(("about", "found", "why"), [(row.about, row.found, row.why) for row in rows])
    session.console.document(explanation=[vars(row) for row in rows])


def _resolved(platform: Platform, name: str) -> tuple[Project, str]:
    """The project as Compose resolves it, else as we read it; and who that was, for people."""
    files = find_compose_files(platform.source)
    if shutil.which("docker"):
        names = tuple(os.path.relpath(path, platform.source) for path in files)
        compose = Compose(_docker(), platform.path, names, platform.path / "none", name, platform.source)
        try:
            return compose.project(profiles="*"), _BY_COMPOSE
        except CommandFailed:
            return Project(name, read_services(files, platform.path)), f"{_BY_US}: {_BY_COMPOSE} fails"
    return Project(name, read_services(files, platform.path)), f"{_BY_US}, without Docker"


def _labels(project: Project) -> dict[str, Mapping[str, str]]:
    """The labels of the images that are here, if an engine answers."""
    if not shutil.which("docker"):
        return {}
    docker = _docker()
    return {image: docker.image(image).labels for image in {project.image(name) for name in project.services}}


def _docker() -> Docker:
    return Docker(Path(os.devnull))


def _machine(session: Session) -> Iterator[Row]:
    platform = session.target.platform
    where = session.invocation.home.folder if session.invocation.home.is_clone else "installed"
    yield Row(_BY_US, edge_tasks.__version__, f"{where}; Python {python_version()}, Invoke {version('invoke')}")
    yield Row("platform", str(platform.path), "the bundled one" if platform.bundled else "a checkout of yours")
    try:
        yield Row("runtime", session.runtime.name, session.runtime.stands_for)
    except FleetError as error:
        yield Row("runtime", "none", error.message)


def _findings(session: Session) -> Iterator[Row]:
    try:
        session.target.platform.template()  # a fleet of one that cannot be used is refused
        found = session.runtime.services.examine()
    except FleetError as error:
        yield Row("doctor", "cannot look further", error.message)
        return
    for one in found:
        yield Row(f"doctor: {one.fault.value}", one.what, f"{one.where} → {one.change}")
    if not found:
        yield Row("doctor", "nothing is wrong", "machine and platform are ready")
