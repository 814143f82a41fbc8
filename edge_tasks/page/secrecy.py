"""What of a configuration may be shown: everything but keys and passwords. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

MASK: Final = "•••"
_SECRET_NAME: Final = re.compile(r"key|password|passwd|secret|token|credential", re.IGNORECASE)


def shown(found: Any, secrets: Collection[str]) -> Any:  # noqa: ANN401 - JSON
    """A JSON value with the values of secret names masked, and every secret wherever it stands in a text."""
    if isinstance(found, dict):
        return {
            _without(str(name), secrets): MASK if _hides(str(name), value) else shown(value, secrets)
            for name, value in found.items()
        }
    if isinstance(found, list):
        return [shown(item, secrets) for item in found]
    return _without(found, secrets) if isinstance(found, str) else found


def _hides(name: str, value: object) -> bool:
    return bool(_SECRET_NAME.search(name)) and value not in ("", None)


def _without(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return text
