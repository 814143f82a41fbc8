"""Which certificates an edge believes."""

from __future__ import annotations

import ssl
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@cache
def trust(ca_file: Path | None) -> ssl.SSLContext:
    """What all connections of a process share: to read the system's certificates takes 20 ms and some 500 kB.

    Args:
        ca_file: certificates of the authorities that are believed instead of the system's; None for the system's.

    Raises:
        OSError: the file cannot be read, or contains no certificate.
    """
    return ssl.create_default_context(cafile=ca_file)
