"""What a test does without its neighbour (an engine, a network): it is skipped at home, and fails in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def is_without(reason: str) -> NoReturn:
    """Skip the test; in CI, which provides every neighbour, fail it."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
