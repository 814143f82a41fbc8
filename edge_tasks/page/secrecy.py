"""Which part of a configuration may be shown: everything but apikeys and passwords. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MASK: Final = "•••"
_SECRET_NAME: Final = re.compile(r"key|password|passwd|secret|token|credential", re.IGNORECASE)


def shown(found: object, secrets: Collection[str]) -> object:
    """A JSON value with the values of secret names masked, and every secret wherever it stands in a text."""
    return _shown(found, sorted(filter(None, secrets), key=len, reverse=True))


def _shown(found: object, secrets: Sequence[str]) -> object:
    """The longest secret comes first: another may be a part of it."""
    if isinstance(found, dict):
        return {
            _without(str(name), secrets): MASK if _hides(str(name), value) else _shown(value, secrets)
            for name, value in found.items()
        }
    if isinstance(found, (list, tuple)):
        return [_shown(item, secrets) for item in found]
    return _without(found, secrets) if isinstance(found, str) else found


def _hides(name: str, value: object) -> bool:
    return bool(_SECRET_NAME.search(name)) and value not in ("", None)


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
