"""The bundled platform's jars and addon: fetched once, remembered by their checksums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.adapters.downloads import digest_of, fetch
from edge_tasks.openems.artifacts import Artifact, artifacts
from edge_tasks.openems.release import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.fleet.record import Download
    from edge_tasks.runtimes.docker.stack import Stack


def find(stack: Stack) -> tuple[Artifact, ...]:
    """What must be fetched: what is not there, and what we fetched of another version.

    A checkout of the user's own brings its files itself.
    """
    if not stack.context.platform.bundled:
        return ()
    options = stack.options
    wanted = artifacts(stack.context.platform.path, options.openems_version, options.download_from)
    return tuple(artifact for artifact in wanted if _is_missing(artifact, _remembered(stack)))


def fetch_all(stack: Stack, wanted: tuple[Artifact, ...]) -> None:
    """Fetch them, with progress.

    Raises:
        CommandFailed: one cannot be had; with what to do by hand.
    """
    for artifact in wanted:
        remembered = _remembered(stack)
        entry = remembered.get(str(artifact.path))
        known = entry["of"] if entry else {}
        with stack.context.progress(f"fetch {artifact.path.name}") as progress:
            digest = fetch(artifact.url, artifact.path, known.get(artifact.url), progress)
        fetched: Download = {"url": artifact.url, "sha256": digest, "of": {**known, artifact.url: digest}}
        stack.context.state.record.note(downloads={**remembered, str(artifact.path): fetched})


def remove(stack: Stack) -> None:
    """Remove what we fetched; what a user put there stays."""
    for artifact in artifacts(stack.context.platform.path, DEFAULT.since, ""):
        entry = _remembered(stack).get(str(artifact.path))
        if entry and artifact.path.exists() and digest_of(artifact.path) == entry["sha256"]:
            artifact.path.unlink()


def _remembered(stack: Stack) -> dict[str, Download]:
    return stack.context.state.record.entries().get("downloads", {})


def _is_missing(artifact: Artifact, remembered: Mapping[str, Download]) -> bool:
    if not artifact.path.exists():
        return True
    entry = remembered.get(str(artifact.path))
    if entry is None or entry["url"] == artifact.url:
        return False
    return entry["sha256"] == digest_of(artifact.path)
