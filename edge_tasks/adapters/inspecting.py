"""``docker inspect`` of what comes and goes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edge_tasks.adapters.docker import Docker

_GONE: Final = re.compile("not found|no such", re.IGNORECASE)


def inspected(docker: Docker, kind: str, find_ids: Callable[[], Iterable[str]]) -> list[dict[str, Any]]:
    """What Docker says of all of a kind, also while others come and go."""
    for is_last in (False, False, True):
        try:
            ids = list(find_ids())
            return json.loads(docker.ask("inspect", "--type", kind, *ids)) if ids else []
        except CommandFailed as error:  # noqa: PERF203 - to look again is what the loop is for
            if is_last or not _GONE.search(error.message):
                raise
    return []
