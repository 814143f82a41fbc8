"""What a fleet has at most, and what it has unless told otherwise. ``inv --list`` reads it."""

from __future__ import annotations

from typing import Final

MOST_EDGES: Final = 100_000
DEFAULT_RESERVE: Final = 10
OVERRIDE_FILE: Final = "docker-compose.override.yml"
"""What Compose itself merges with the platform's compose file."""
