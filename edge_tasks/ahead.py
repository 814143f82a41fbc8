"""A program that is started before it is needed: it loads its modules, and begins once it is told to.

Its standard input is a pipe. A byte on it has it begin. If it ends without one, whoever started it is gone.
"""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "EDGE_TASKS_AHEAD"
"""Of the environment of such a program."""
WORD: Final = b"\n"
"""What tells it to begin."""
_STDIN: Final = 0


def is_ahead() -> bool:
    """Whether this program was started ahead; those that it starts itself are not."""
    return bool(os.environ.pop(VARIABLE, ""))


def is_told() -> bool:
    """Wait to be told to begin; False if nobody is left who might."""
    return bool(os.read(_STDIN, len(WORD)))
