"""edge-tasks: stand up a fleet of simulated OpenEMS Edges with one command."""

from typing import Final

__version__: Final = "0.1.0"
