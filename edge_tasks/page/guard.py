"""Which clients may ask the page's server: a browser on this machine that shows this page. No I/O.

The server listens on loopback, which alone does not keep other web sites out: one of their names can be made to
point here (DNS rebinding), and a websocket may be opened from any page. So the ``Host`` must be a name of this
machine, with any port (``ssh -L`` may lead to it by another one), and an ``Origin`` must be that very host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_OURS: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")
_FROM_HERE: Final = frozenset({"same-origin", "none"})

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""The headers of every answer: nothing from outside, nothing inline, no frame around it, no caching."""


def refusal(headers: Mapping[str, str]) -> str:
    """Why a request is refused; empty when it is let in."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    if not _OURS.fullmatch(host.lower()):
        return "the Host is not this machine"
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return "the Origin is another page"
    site, mode = headers.get("Sec-Fetch-Site", "none"), headers.get("Sec-Fetch-Mode", "navigate")
    if site not in _FROM_HERE and mode != "navigate":
        return "another page asks"
    return ""
