"""A light edge in the place of the real one, with those habits of the real one that a runtime has to live with.

It leaves singletons of its own in the mounted directory and rewrites files there; and it tries to connect at most
every 10 to 109 seconds, a time drawn once for the life of the process (``EDGE_RETRY_SECONDS`` sets it), counted
from the last try: who starts before the backend is ready comes late. Files in the mounted directory ask for more:
``late``, ``lose-the-backend``.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from unittest import mock

from edge_tasks.light.__main__ import main
from edge_tasks.light.wire import protocol

BACKEND_PORT = 8081
CONFIG = Path(os.environ.get("FELIX_CM_DIR", "/etc/openems.d"))
FLEET = Path("/tmp/fleet.json")  # noqa: S108 - the container's own
STATUS = Path("/tmp/status.json")  # noqa: S108 - as above
SINGLETONS = (
    *("Core.AppManager", "Core.ComponentManager", "Core.Cycle", "Core.Energy", "Core.Host", "Core.Meta"),
    *("Core.PredictorManager", "Core.Sum", "Ess.Power", "Evcs.SlowPowerIncreaseFilter"),
)
REWRITTEN = ("org/ops4j/pax/logging.config", "org_apache_felix_cm_impl_DynamicBindings.config")


class Reconnector:
    """Takes the place of the light edge's own, kinder ``protocol.wait``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last_try = time.monotonic()

    def wait(self, _failures: int, _rng: random.Random) -> float:
        """Seconds until the next try, when a connection has ended or was not made."""
        now = time.monotonic()
        pause = max(0.0, self._seconds - (now - self._last_try))
        self._last_try = now + pause
        return pause


def leave_traces() -> None:
    for pid in SINGLETONS:
        path = CONFIG / f"{pid.replace('.', '/')}.config"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(f':org.apache.felix.configadmin.revision:=L"1"\nservice.pid="{pid}"\n')
    for name in REWRITTEN:
        path = CONFIG / name
        if path.exists():
            path.write_text(path.read_text())


def asked(name: str) -> bool:
    """A file of that name in the config directory asks for it, once."""
    found = (CONFIG / name).exists()
    (CONFIG / name).unlink(missing_ok=True)
    return found


def lose_the_backend() -> None:
    """End the connection a moment after it was made, as a backend does that cannot read what is sent."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        sockets = [path for path in Path("/proc/self/fd").iterdir() if is_socket(path)]
        for path in sockets:
            with suppress(OSError), socket.socket(fileno=os.dup(int(path.name))) as found:
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.getpeername()[1] == BACKEND_PORT:
                    time.sleep(1.5)
                    found.shutdown(socket.SHUT_RDWR)
                    return
        time.sleep(0.1)


def is_socket(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except OSError:
        return False


def run() -> int:
    with suppress(OSError):  # as an ordinary user it may not be allowed to; Felix then only complains
        leave_traces()
        if asked("late"):
            time.sleep(5)
        if asked("lose-the-backend"):
            threading.Thread(target=lose_the_backend, daemon=True).start()
    edge = {"name": "edge", "directory": str(CONFIG), "digest": "1"}
    FLEET.touch(0o600)
    FLEET.write_text(json.dumps({"revision": "1", "status_file": str(STATUS), "edges": [edge]}))
    reconnector = Reconnector(float(os.environ.get("EDGE_RETRY_SECONDS") or random.randint(10, 109)))  # noqa: S311
    with mock.patch.object(protocol, "wait", reconnector.wait):
        return main([str(FLEET)])


if __name__ == "__main__":
    sys.exit(run())
