"""Why a page has no port."""

from __future__ import annotations

import errno
import os

import pytest

from edge_tasks.page.server import port_refused


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EADDRINUSE, "port 80 is taken"),
        (errno.EACCES, "you may not open port 80"),
        (errno.EADDRNOTAVAIL, "port 80 cannot be opened"),
    ],
)
def test_a_port_that_cannot_be_had_is_named_with_what_to_type(number: int, message: str) -> None:
    refused = port_refused(OSError(number, os.strerror(number)), 80)
    assert refused.message.startswith(message)
    assert "--port 0" in refused.hint
    assert refused.exit_code == 3
