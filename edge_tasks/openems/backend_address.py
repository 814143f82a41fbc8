"""The address of a backend's port for edges, as people type it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"ws": 80, "wss": 443}
"""Where none is typed; so does a real edge (its ``uri`` names 8081 by itself)."""


@dataclass(frozen=True)
class BackendAddress:
    """Where edges connect to.

    Attributes:
        uri: as it was typed.
        host: name or IP address.
        port: of the address, or of its scheme.
        is_secure: by TLS.
    """

    uri: str
    host: str
    port: int
    is_secure: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, as far as its text says."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def backend_address(text: str) -> BackendAddress | None:
    """The address that a text means; None if it is no ``ws://`` or ``wss://`` address.

    One with a password is none either: it would be seen in the list of processes.
    """
    parts = urlsplit(text.strip())
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return BackendAddress(text.strip(), parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "wss")
