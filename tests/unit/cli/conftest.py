from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a call is asked does not depend on the shell of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("EDGE_TASKS_")]:
        monkeypatch.delenv(name)
