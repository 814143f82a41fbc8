"""Whether a backend elsewhere can be reached, found out before thousands of edges try."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import NoAnswer, SettingsError
from edge_tasks.light.wire import tls

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.openems.backend_address import BackendAddress

_PATIENCE_S: Final = 15.0


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The certificate authorities that are believed: those of a file, or the system's.

    Raises:
        SettingsError: the file cannot be read, or contains no certificate.
    """
    try:
        return tls.trust(ca_file)
    except OSError as error:
        raise SettingsError(
            f"--ca: {ca_file} cannot be used: {error.strerror or error}",
            hint="a file of certificates in PEM format",
        ) from None


def check_reachable(address: BackendAddress, context: ssl.SSLContext) -> None:
    """Connect once, without a websocket and without an apikey.

    Raises:
        NoAnswer: nobody answers there, or not with TLS, or with a certificate that is not valid.
    """
    place = f"{address.host}:{address.port}"
    try:
        with socket.create_connection((address.host, address.port), _PATIENCE_S) as plain:
            if address.is_secure:
                context.wrap_socket(plain, server_hostname=address.host).close()
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(
            f"the certificate of {place} is not valid: {error.verify_message}",
            hint="--ca FILE, with the certificate of its authority",
        ) from None
    except ssl.SSLError as error:
        raise NoAnswer(f"{place} does not answer with TLS: {error.reason}", hint="is it ws:// there?") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise NoAnswer(
            f"{place} cannot be reached: {why}", hint="is the address right, and open to you?"
        ) from None
