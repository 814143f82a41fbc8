"""The Docker Engine of the tests."""

from __future__ import annotations

import os

from tests.absence import is_without
from tests.inv import ROOT, finished


def restart_engine() -> None:
    """Start it again with the same options, as when its machine is started again.

    Only the one that ``.ci/engine`` started: at home, other people's containers run on it.
    """
    done = finished([str(ROOT / ".ci" / "engine"), "restart"], env=os.environ, timeout_s=240)
    if "no dockerd of ours" in done.stdout:
        is_without("an engine that .ci/engine started: other people's containers run on this one")
    assert done.returncode == 0, done.stdout
