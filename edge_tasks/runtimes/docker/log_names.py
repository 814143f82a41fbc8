"""What stands before the lines of ``docker compose logs``, and which service that is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from edge_tasks.adapters.containers import Container


def service_of(word: str, services: Collection[str], containers: Iterable[Container], project: str) -> str:
    """The service that is meant by its name, or by what stands before its lines: ``openems-edge-3-1``.

    Args:
        word: as it was typed.
        services: of the platform.
        containers: of the project.
        project: Compose's name for it, which begins the names of containers.

    Raises:
        SettingsError: there is no such service.
    """
    by_name = {one.name: one.service for one in containers}
    by_prefix = {**by_name, **{name.removeprefix(f"{project}-"): one for name, one in by_name.items()}}
    known = {*services, *by_name.values()}
    if word in known:
        return word
    if word not in by_prefix:
        raise SettingsError(f"there is no service {word!r}", hint=f"one of {', '.join(sorted(known))}")
    return by_prefix[word]
