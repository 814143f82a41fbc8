"""What was understood of a checkout, as rows that people attach to a bug report. No row has a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import silent_rest
from edge_tasks.checkout.backend_config import REST_FOLDER
from edge_tasks.checkout.metadata import ODOO
from edge_tasks.checkout.roles import NAMEABLE, looking_like, reason_for
from edge_tasks.checkout.timedata_config import read_timedata_config
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from edge_tasks.checkout.survey import Survey
    from edge_tasks.checkout.timedata_config import Provider

_NOT_HERE: Final = "not known"


@dataclass(frozen=True)
class Row:
    """One thing that was understood.

    Attributes:
        about: what it is about: ``release``, ``service backend``, …
        found: what was understood.
        why: where that was read, or why it is taken for that.
    """

    about: str
    found: str
    why: str


def explain_checkout(survey: Survey, files: Sequence[Path], read_by: str) -> tuple[Row, ...]:
    """Everything that was understood.

    Args:
        survey: of the checkout.
        files: its compose files.
        read_by: what resolved them, for people.
    """
    names = ", ".join(survey.shown(path) for path in files)
    return (
        Row("compose files", names, f"read by {read_by}"),
        Row("compose project", survey.project.name or _NOT_HERE, f"{len(survey.project.services)} services"),
        Row("layout", *survey.layout),
        *_services(survey),
        *_configuration(survey),
        *_registry(survey),
        *_release(survey),
        _witness(survey),
        _template(survey),
        *_timedata(survey),
    )


def _services(survey: Survey) -> Iterator[Row]:
    project, players = survey.project, survey.players
    for role in NAMEABLE:
        name = players.get(role)
        if name:
            why = reason_for(role, name, project, survey.named, {})
            if name == project.added:
                why = "the checkout has none, so it is added"
            yield Row(f"service {role}", name, f"{why}; image {project.image(name)}")
        else:
            alike = looking_like(role, project)
            why = f"{', '.join(alike)} look like it; invoke.yaml can name one" if alike else "none looks like it"
            yield Row(f"service {role}", "none", why)
    if others := [name for name in project.services if name not in players.values()]:
        yield Row("other services", ", ".join(others), "they are started, and otherwise left alone")


def _configuration(survey: Survey) -> Iterator[Row]:
    for about, folder in (("backend", survey.backend_folder), ("backend-edge", survey.backend_edge_folder)):
        if folder is not None:
            yield Row(f"{about} config", survey.shown(folder), "its files are there")
        elif about in survey.in_volume:
            yield Row(f"{about} config", f"the volume {survey.volume(about)}", "its files are there")
        elif about in survey.players:
            volume = survey.volume(about)
            why = f"in the volume {volume}" if volume else "in its image, or nowhere"
            yield Row(f"{about} config", _NOT_HERE, f"it is not in the checkout: {why}")


def _registry(survey: Survey) -> Iterator[Row]:
    for found in survey.metadata:
        devices = f" with {found.devices}" if found.devices else ""
        where = f"{survey.told_where('backend', found.file)}"
        is_read = survey.backend_folder is not None or found.file in survey.in_volume.get("backend", {})
        if is_read:
            yield Row("registry", f"{found.pid}{devices}", f"{where}:{found.line}")
        else:
            yield Row("registry", f"probably {found.pid}{devices}", f"{where}: the default of its image")
    if not survey.metadata:
        yield Row("registry", _NOT_HERE, "the checkout configures no Metadata.* of the backend")


def _release(survey: Survey) -> Iterator[Row]:
    found = survey.release
    if found.is_newer_than_known:
        why = f"{found.why}; it is newer than what is known, and treated as {found.release.since}"
    else:
        why = found.why
    yield Row("release", found.version if found.is_sure else f"probably {found.version}", why)
    yield from (Row("release", f"but {sign.version}", sign.where) for sign in found.against)
    for jar, build in survey.builds.items():
        yield Row("jar", f"{survey.shown(jar)}: {build.version}", f"needs Java {build.java}")


def _witness(survey: Survey) -> Row:
    """What is asked first for who is online; a release that is only assumed is tried out."""
    has_rest = any(path.is_relative_to(REST_FOLDER) for path in survey.backend_texts)
    silence = silent_rest.reason_for_silence(survey) if has_rest else "there is no Backend2Backend.Rest"
    has_odoo = any(one.pid == ODOO for one in survey.metadata)
    if silence:
        return Row("witness", "PostgreSQL" if has_odoo else _NOT_HERE, silence)
    if_silent = "; if it never answers, PostgreSQL" if silent_rest.hangs(survey) else ""
    return Row("witness", "the backend's B2B REST API", f"Backend2Backend.Rest is configured{if_silent}")


def _template(survey: Survey) -> Row:
    try:
        found = survey.platform.template()
    except SettingsError as error:
        return Row("template", "cannot be used", f"{error.message}")
    place = survey.platform.template_place
    folder = "" if place.is_ours else f": {survey.shown(place.folder)}"
    return Row("template", f"{len(found.components)} components", f"{place.why}{folder}")


def _timedata(survey: Survey) -> Iterator[Row]:
    folder = survey.backend_folder
    if folder is None:
        return
    try:
        providers = read_timedata_config(survey.backend_texts, survey.shown(folder)).providers
    except SettingsError as error:
        yield Row("timedata", "cannot be read", error.message)
        return
    for one in providers:
        yield Row("timedata", f"{one.pid}{_target(one)}", survey.shown(folder / one.file))


def _target(provider: Provider) -> str:
    """Without the login that a URL may contain."""
    return f" at {provider.host}:{provider.port}" if provider.host else ""
