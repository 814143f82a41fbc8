"""HTTP Basic."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

from aiohttp import hdrs

if TYPE_CHECKING:
    from aiohttp import web

    from edge_tasks.embedded.config import Config


def is_allowed(request: web.Request, config: Config) -> bool:
    """Whether a request carries the configured login."""
    scheme, _, rest = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    try:
        user, colon, password = base64.b64decode(rest.strip(), validate=True).partition(b":")
    except ValueError:
        return False
    right_user = hmac.compare_digest(user, config.user.encode())
    right_password = hmac.compare_digest(password, config.password.encode())
    return scheme.lower() == "basic" and bool(colon) and right_user and right_password
