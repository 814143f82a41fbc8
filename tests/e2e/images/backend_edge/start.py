"""The second program of our stand-in backend, configured as the real one is: by a Felix ``config.d``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from edge_tasks.backend.edge_app.__main__ import main
from edge_tasks.openems import felix

FOLDER = Path(os.environ.get("FELIX_CM_DIR", "/opt/openems-backend-edge/config.d"))
CONFIG = Path("/tmp/backend-edge.json")  # noqa: S108 - the container's own


def run() -> int:
    values = dict(felix.parse((FOLDER / "Backend" / "Edge" / "App.config").read_text()).values())
    document = {
        "uri": values.get("uri", "ws://localhost:8083"),
        "id": values.get("id", "edges0"),
        "host": "0.0.0.0",
        "edge_port": values.get("port", 8081),
    }
    CONFIG.write_text(json.dumps(document))
    return main([str(CONFIG)])


if __name__ == "__main__":
    sys.exit(run())
