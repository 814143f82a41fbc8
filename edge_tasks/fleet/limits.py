"""What a fleet has at most, and what it has unless told otherwise. ``inv --list`` reads it."""

from __future__ import annotations

from typing import Final

MOST_EDGES: Final = 100_000
MOST_HOUSEHOLDS: Final = 100
"""Of one edge, beside the consumption meters of its template. A larger building is several edges."""
DEFAULT_RESERVE: Final = 10
FLEET_FILE: Final = "fleet.yaml"
"""What describes the groups of a fleet's edges, in the platform."""
OVERRIDE_FILE: Final = "docker-compose.override.yml"
"""What Compose itself merges with the platform's compose file."""
