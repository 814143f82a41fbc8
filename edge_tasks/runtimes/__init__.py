"""Where a fleet runs: each folder in here is a runtime, and needs no mention elsewhere."""

from __future__ import annotations

import pkgutil
from typing import Final

NAMES: Final = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))
"""The names of all runtimes, as ``--runtime`` takes them."""
