"""Our stand-in backend, configured as the real one is: by a Felix ``config.d``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from edge_tasks import felix

FOLDER = Path("/opt/openems-backend/config.d")
CONFIG = Path("/run/backend.json")

metadata = felix.parse((FOLDER / "Metadata" / "Odoo.config").read_text()).values()
database = {
    "host": metadata["pgHost"],
    "port": metadata.get("pgPort", 5432),
    "dbname": metadata["database"],
    "user": metadata["pgUser"],
    "password": metadata["pgPassword"],
}
document = {
    "database": database,
    "host": "0.0.0.0",
    "edge_port": 8081,
    "rest_port": 8075,
    "console_port": 8079,
    "login": {"user": "admin", "password": metadata["odooPassword"]},
    "console_login": {"user": "admin", "password": "admin"},
}
CONFIG.touch(0o600)
CONFIG.write_text(json.dumps(document))
os.execv(sys.executable, [sys.executable, "-m", "edge_tasks.embedded", str(CONFIG)])
