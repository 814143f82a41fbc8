"""What cannot work with the release of a checkout, seen before anything is started: facts → findings."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from edge_tasks.checkout import silent_rest
from edge_tasks.checkout.backend_config import REST_FOLDER, parsed
from edge_tasks.checkout.completion import APP, MANAGER
from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.host_names import names_in
from edge_tasks.checkout.metadata import DUMMY, FILE, ODOO
from edge_tasks.checkout.roles import BACKEND_EDGE
from edge_tasks.openems.release import ONE_PROGRAM, release_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edge_tasks.checkout.dockerfile import JavaBase
    from edge_tasks.checkout.metadata import Metadata
    from edge_tasks.checkout.survey import Survey
    from edge_tasks.openems.build_constants import Build

_OF_WS: Final = 80
_LAST: Final = "edgeIdMax"
_LAST_BY_DEFAULT: Final = 10
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FAR: Final = re.compile(r"[.:]")
"""An address, or a name with a domain, may be on another machine."""

_OLDER: Final = f"use a release up to {ONE_PROGRAM}, whose backend is one program"


def check_release(survey: Survey, place: Callable[..., str], edges: int) -> list[Finding]:
    """Everything that is known not to work, or to work otherwise, with the release of this checkout.

    Args:
        survey: of the checkout.
        place: file and line of an entry of a service.
        edges: how many there are to be.
    """
    return [
        *_check_newer(survey),
        *_check_programs(survey, place),
        *_check_manager(survey),
        *_check_registry(survey, edges),
        *_check_java(survey),
    ]


def _check_newer(survey: Survey) -> list[Finding]:
    found = survey.release
    if not found.is_newer_than_known:
        return []
    what = f"OpenEMS {found.version} is newer than what is known, and treated as {found.release.since}"
    change = "if something differs, report it with inv doctor --explain"
    return [Finding(what, found.why, change, fault=PlatformFault.RELEASE_NEWER, is_error=False)]


def _check_programs(survey: Survey, place: Callable[..., str]) -> list[Finding]:
    """From 2026.2 on, edges connect to a program of its own."""
    backend = survey.players.get("backend")
    if backend is None or BACKEND_EDGE in survey.players or not survey.release.release.has_two_programs:
        return []
    found = survey.release
    sure = "has" if found.is_sure else "probably has"
    what = (
        f"{backend} {sure} OpenEMS {found.version}, whose edges connect to backend-edge, and no service is that"
    )
    change = (
        "add a service with the image openems/backend-edge;"
        f" or {_OLDER}, and say so: --openems-version {ONE_PROGRAM}"
    )
    return [Finding(what, place(backend, "image"), change, fault=PlatformFault.BACKEND_EDGE_MISSING)]


def _check_manager(survey: Survey) -> list[Finding]:
    """The second program dials the backend: ``uri`` of ``Backend.Edge.App``, ``port`` of ``Edge.Manager``."""
    backend = survey.players.get("backend")
    if survey.backend_edge_folder is None or backend is None:  # of OpenEMS' own images ours is completed
        return []
    where = survey.told_where(BACKEND_EDGE, APP)
    document = parsed(survey.backend_edge_texts[APP], where)
    given = document.find("uri")
    uri = str(given.value) if given else f"ws://localhost:{survey.release.release.backend_ports.manager}"
    line = f"{where}:{given.line}" if given else where
    wanted = f'make it uri="{survey.manager_uri}"'
    host, port = _host_and_port(uri)
    if host in _LOCAL:
        itself = survey.players.get(BACKEND_EDGE, BACKEND_EDGE)
        what = f"uri leads to {host}, which is the container of {itself} itself"
    elif port != survey.manager_port:
        manager = survey.told_where("backend", MANAGER) if MANAGER in survey.backend_texts else "Edge.Manager"
        what = f"uri has port {port}, but {manager} listens at {survey.manager_port}"
    elif "_" in host:
        what = f"uri leads to {host}, and Java finds no host with an underscore"
    elif host not in names_in(survey.project) and not _FAR.search(host):
        what = f"uri leads to {host}, and nothing in this project is called so"
        return [Finding(what, line, wanted, fault=PlatformFault.MANAGER_WIRING, is_error=False)]
    else:
        return []
    return [Finding(what, line, wanted, fault=PlatformFault.MANAGER_WIRING)]


def _check_registry(survey: Survey, edges: int) -> list[Finding]:
    if not survey.metadata:
        return []
    found, release = survey.metadata[0], survey.release.release
    if not release.has_two_programs:
        return []
    where = f"{survey.told_where('backend', found.file)}:{found.line}"
    if found.pid == FILE:
        what = f"with {FILE} port 8081 never opens from OpenEMS 2026.2 on: nothing tells backend-edge the apikeys"
        return [Finding(what, where, f"use {ODOO}, or {_OLDER}", fault=PlatformFault.FILE_CLOSED)]
    if found.pid == DUMMY and (too_many := _check_dummy(survey, found, where, edges)):
        return too_many
    return [*_check_login(survey, found, where), *_check_answers(survey, where)]


def _check_dummy(survey: Survey, found: Metadata, where: str, edges: int) -> list[Finding]:
    """It knows edge0 to edge10, or as many as it is told; with two programs no others are let in."""
    given = parsed(survey.backend_texts[found.file], where).values().get(_LAST)
    last = given if isinstance(given, int) else _LAST_BY_DEFAULT
    if edges <= last + 1:
        return []
    what = f"{DUMMY} knows edge0 to edge{last} only, and backend-edge refuses all others"
    change = f'make it {_LAST}=I"{edges - 1}", or use {ODOO}'
    return [Finding(what, where, change, fault=PlatformFault.DUMMY_FULL)]


def _check_login(survey: Survey, found: Metadata, where: str) -> list[Finding]:
    """From 2026.2 on, REST opens only where something checks logins, which ``Metadata.Odoo`` does by default."""
    has_rest = any(path.is_relative_to(REST_FOLDER) for path in survey.backend_texts)
    if not has_rest or not silent_rest.is_closed(survey):
        return []
    what = f"nothing checks logins, so the B2B REST API stays closed from OpenEMS 2026.2 on ({found.pid})"
    change = f"if you need it, use {ODOO} with {silent_rest.LOGIN}"
    return [Finding(what, where, change, fault=PlatformFault.LOGIN_PROVIDER, is_error=False)]


def _check_answers(survey: Survey, where: str) -> list[Finding]:
    if not silent_rest.hangs(survey):
        return []
    what = f"OpenEMS {survey.release.version} with {ODOO} never answers getEdges, getEdgesStatus and the like"
    change = "use 2026.3.0, which answers, and say so: --openems-version 2026.3.0"
    return [Finding(what, where, change, fault=PlatformFault.GET_EDGES_HANGS, is_error=False)]


def _check_java(survey: Survey) -> list[Finding]:
    """A jar starts neither on an older Java than the one it was compiled for, nor on one that is too new."""
    bases = ((jar, build, survey.java_beside(jar)) for jar, build in survey.builds.items())
    return [
        finding
        for jar, build, base in bases
        if base is not None
        for finding in _check_base(survey.shown(jar), build, base, survey.shown(base.dockerfile))
    ]


def _check_base(jar: str, build: Build, base: JavaBase, dockerfile: str) -> Iterator[Finding]:
    where = f"{dockerfile}:{base.line}"
    change = f"stand it on an image with Java {build.java}, such as eclipse-temurin:{build.java}-jre"
    below = release_of(build.version).java_below
    if base.version < build.java:
        what = f"{jar} needs Java {build.java}, and its image has Java {base.version}"
        yield Finding(what, where, change, fault=PlatformFault.JAVA_TOO_OLD)
    elif below is not None and base.version >= below:
        what = f"{jar} does not start on Java {below} or later, and its image has Java {base.version}"
        yield Finding(what, where, change, fault=PlatformFault.JAVA_TOO_NEW)


def _host_and_port(uri: str) -> tuple[str, int]:
    with suppress(ValueError):  # a port that is no number, or brackets that do not match
        found = urlsplit(uri)
        return found.hostname or "", found.port or _OF_WS
    return "", 0
