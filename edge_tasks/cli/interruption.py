"""Ctrl-C before a call has begun: modules are being read then, and an exception there would be a traceback."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

CODE: Final = 130
_TEXT: Final = b"error: interrupted before anything was done\n"
_DOCUMENT: Final = (
    b'{"error": {"message": "interrupted before anything was done", "hint": "", "exit_code": %d}}\n' % CODE
)


def end_at_once() -> None:
    """From now on, Ctrl-C ends the process with a line: nothing has begun yet that must be ended in order."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it is another one behind nohup
        signal.signal(signal.SIGINT, _end)


def end_inv_at_once() -> None:
    """The same for ``inv``; nothing if somebody else reads the tasks."""
    main = sys.modules.get("invoke.main")
    if main is not None and main.program.argv:
        end_at_once()


def end_in_order() -> None:
    """From now on, Ctrl-C is an exception again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Uses no other module, because one may be half read."""
    if "--json" in sys.argv:
        os.write(1, _DOCUMENT)
    os.write(2, _TEXT)
    os._exit(CODE)
