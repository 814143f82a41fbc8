"""The files of a fleet whose light edges run in tasks; the keeper has all of them, a task those of its part."""

from __future__ import annotations

from typing import Final

PORT: Final = 8099
"""Where the keeper serves them."""
FLEET_FILE: Final = "light.json"
TOKEN_FILE: Final = "keeper-token"  # noqa: S105 - a file's name
STATUS: Final = "light-status-{}.json"
MEMORY: Final = "light-memory-{}.json"
MEMORIES: Final = "light-memory.json"
"""Any name of the family; see :func:`edge_tasks.light.host.memories.family`."""
NODES_FILE: Final = "light-nodes.json"
"""On which node each part runs: {part: node}."""
