"""Calls to a backend that come together, and one after another once that was too much for it."""

from __future__ import annotations

import http
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_S: Final = 0.5
_BUSY_S: Final = 60.0
"""How long a backend that was too late is taken to be busy."""
_TRIES: Final = 3
"""How often a call is made when it is made alone."""


@dataclass
class Turns:
    """Whose turn it is to ask.

    A real backend has Odoo check the password for each call, waits 5 s for that (``OdooUtils.java``, 2024.7.0),
    and then answers with a 500. Odoo checks one after another, so calls that come together make one another too
    late on a busy machine, and nothing is lost if they wait here instead.
    """

    _alone: threading.Lock = field(default_factory=threading.Lock, init=False)
    _together_from: float = field(default=0.0, init=False)

    def take(self, call: Callable[[], bytes]) -> bytes:
        """What a call answers. For a minute after a 500, all are made alone, a few times if need be.

        Raises:
            BackendError: what the call raises, if it is something else or was always a 500.
        """
        if time.monotonic() >= self._together_from:
            try:
                return call()
            except BackendError as error:
                _check_worth(error)
            self._together_from = time.monotonic() + _BUSY_S
        with self._alone:
            return _patiently(call)


def _patiently(call: Callable[[], bytes]) -> bytes:
    for _ in range(_TRIES - 1):
        try:
            return call()
        except BackendError as error:
            _check_worth(error)
        time.sleep(_PAUSE_S)
    return call()


def _check_worth(error: BackendError) -> None:
    """Raise an error that another try does not mend."""
    if error.code != http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
