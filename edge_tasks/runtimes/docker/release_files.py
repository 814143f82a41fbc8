"""The bundled platform's jars and add-ons: fetched once, remembered by their checksums."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from edge_tasks.adapters.downloads import fetch, is_whole
from edge_tasks.adapters.files import digest_of
from edge_tasks.adapters.wheels import fetch_wheel
from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.openems.artifacts import Artifact, Package, artifacts
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edge_tasks.fleet.record import Download
    from edge_tasks.runtimes.docker.stack import Stack


def find(stack: Stack) -> tuple[Artifact, ...]:
    """What must be fetched: what is not there, and what we fetched of another version.

    A checkout of the user's own brings its files itself.

    Raises:
        SettingsError: a file that was put there by hand is not whole.
    """
    if not stack.context.platform.bundled:
        return ()
    options = stack.options
    wanted = artifacts(stack.context.platform.path, options.openems_version, options.download_from)
    for artifact in wanted:
        _require_whole(artifact)
    return tuple(artifact for artifact in wanted if _is_missing(artifact, _remembered(stack)))


def fetch_all(stack: Stack, wanted: tuple[Artifact, ...]) -> None:
    """Fetch them, with progress.

    Raises:
        CommandFailed: one cannot be had; with what to do by hand, also of those that would have followed.
    """
    for number, artifact in enumerate(wanted, start=1):
        remembered = _remembered(stack)
        entry = remembered.get(str(artifact.path))
        known = entry["of"] if entry else {}
        try:
            with stack.context.progress(f"fetch {artifact.path.name}") as progress:
                digest = _fetch(artifact, known.get(artifact.origin), progress)
        except CommandFailed as error:
            others = "".join(f"\n    also wanted: {one.origin} at {one.path}" for one in wanted[number:])
            raise CommandFailed(error.message, hint=f"{error.hint}{others}") from None
        fetched: Download = {"url": artifact.origin, "sha256": digest, "of": {**known, artifact.origin: digest}}
        stack.context.state.record.note(downloads={**remembered, str(artifact.path): fetched})


def remove(stack: Stack) -> None:
    """Remove what we fetched; what a user put there stays."""
    for artifact in artifacts(stack.context.platform.path, DEFAULT.since, ""):
        entry = _remembered(stack).get(str(artifact.path))
        if entry and artifact.path.exists() and digest_of(artifact.path) == entry["sha256"]:
            artifact.path.unlink()


def _fetch(artifact: Artifact, known: str | None, progress: Callable[[int, int | None], None]) -> str:
    """Its SHA-256."""
    if not isinstance(artifact, Package):
        return fetch(artifact.origin, artifact.path, known, progress)
    fetch_wheel(artifact.origin, artifact.sha256, artifact.path)
    size = artifact.path.stat().st_size
    progress(size, size)
    return artifact.sha256


def _require_whole(artifact: Artifact) -> None:
    path = artifact.found
    if path is not None and not is_whole(path):
        raise SettingsError(
            f"{path} is not a whole file of its kind: was it copied or downloaded to the end?",
            hint=f"put the whole file there, or rm {shlex.quote(str(path))}: then {artifact.origin} is fetched",
        )


def _remembered(stack: Stack) -> dict[str, Download]:
    return stack.context.state.record.entries().get("downloads", {})


def _is_missing(artifact: Artifact, remembered: Mapping[str, Download]) -> bool:
    if artifact.found is None:
        return True
    entry = remembered.get(str(artifact.path))
    if entry is None or entry["url"] == artifact.origin:
        return False
    return entry["sha256"] == digest_of(artifact.path)
