"""Logins by HTTP Basic authentication."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

from aiohttp import hdrs

if TYPE_CHECKING:
    from aiohttp import web


def is_allowed(request: web.Request, login: tuple[str, str]) -> bool:
    """Whether a request carries this user and password."""
    scheme, _, rest = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    try:
        user, colon, password = base64.b64decode(rest.strip(), validate=True).partition(b":")
    except ValueError:
        return False
    right_user = hmac.compare_digest(user, login[0].encode())
    right_password = hmac.compare_digest(password, login[1].encode())
    return scheme.lower() == "basic" and bool(colon) and right_user and right_password
