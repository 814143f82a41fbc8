"""Docker, called through ``sh``."""

from __future__ import annotations

from typing import Final

import sh

_ANSWER_S: Final = 10


def engine_problem() -> str:
    """Why no Docker Engine can be used here; empty when one can."""
    try:
        sh.Command("docker")("version", "--format", "{{.Server.Version}}", _tty_out=False, _timeout=_ANSWER_S)
    except sh.CommandNotFound:
        return "there is no docker here"
    except (sh.ErrorReturnCode, sh.TimeoutException):
        return "no Docker Engine answers here"
    return ""
